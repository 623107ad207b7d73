"""Speech transcription behind one small native library: on this machine, or by a service.

>>> import tiro
>>> with tiro.Client() as client:                           # doctest: +SKIP
...     print(client.transcribe("talk.wav").text)
"""

# Nothing starts here, and what only some programs need (asyncio above all) is imported when it is asked for.
from __future__ import annotations

from ._client import Client
from ._events import AsyncEvents, Events
from ._tiro import (
    Diagnosis,
    Dictionary,
    DictionaryEntry,
    Document,
    Endpoint,
    Job,
    JobOutcome,
    Login,
    ManagedUser,
    Match,
    Order,
    Page,
    Paragraph,
    Paragraphs,
    Price,
    Probe,
    Progress,
    Quote,
    Recording,
    RecordingPrice,
    RemoteSource,
    Segment,
    Segments,
    ServiceEvent,
    Transcript,
    Word,
    Words,
    __version__,
    set_log_callback,
)
from .errors import (
    AuthError,
    CancelledError,
    ConfirmRequiredError,
    ConnectError,
    Error,
    FileError,
    FileNotFoundError,
    ForkError,
    InternalError,
    LocalError,
    LoginRequiredError,
    MediaError,
    ModelError,
    NeedsActionError,
    NotAFileError,
    NotFoundError,
    NotReadyError,
    OptionError,
    PermissionError,
    QuoteChangedError,
    RateLimitedError,
    RecordingFailedError,
    ServiceError,
    StoreError,
    TimeoutError,
    UnsupportedError,
    UsageError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._aio import AsyncClient
    from ._install import install_model
    from .tables import error_table, export_formats, installable_models, option_table

__all__ = [
    "AsyncClient",
    "AsyncEvents",
    "AuthError",
    "CancelledError",
    "Client",
    "ConfirmRequiredError",
    "ConnectError",
    "Diagnosis",
    "Dictionary",
    "DictionaryEntry",
    "Document",
    "Endpoint",
    "Error",
    "Events",
    "FileError",
    "FileNotFoundError",
    "ForkError",
    "InternalError",
    "Job",
    "JobOutcome",
    "LocalError",
    "Login",
    "LoginRequiredError",
    "ManagedUser",
    "Match",
    "MediaError",
    "ModelError",
    "NeedsActionError",
    "NotAFileError",
    "NotFoundError",
    "NotReadyError",
    "OptionError",
    "Order",
    "Page",
    "Paragraph",
    "Paragraphs",
    "PermissionError",
    "Price",
    "Probe",
    "Progress",
    "Quote",
    "QuoteChangedError",
    "RateLimitedError",
    "Recording",
    "RecordingFailedError",
    "RecordingPrice",
    "RemoteSource",
    "Segment",
    "Segments",
    "ServiceError",
    "ServiceEvent",
    "StoreError",
    "TimeoutError",
    "Transcript",
    "UnsupportedError",
    "UsageError",
    "Word",
    "Words",
    "__version__",
    "error_table",
    "export_formats",
    "install_model",
    "installable_models",
    "option_table",
    "set_log_callback",
]

_LATER = {
    "AsyncClient": "_aio",
    "error_table": "tables",
    "export_formats": "tables",
    "install_model": "_install",
    "installable_models": "tables",
    "option_table": "tables",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f".{_LATER[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _register_sequence() -> None:
    from _collections_abc import Sequence

    # Not the sequences that are tables, too: whoever takes both would walk them item by item.
    Sequence.register(Paragraphs)


_register_sequence()
del _register_sequence
