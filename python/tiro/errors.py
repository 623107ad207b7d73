"""Every exception of tiro. Which error of the library is which class stands in the core's table of errors."""

from __future__ import annotations

import builtins as _builtins
import errno as _errno
from os import strerror as _strerror

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._tiro import Price

__all__ = [
    "AuthError",
    "CancelledError",
    "ConfirmRequiredError",
    "ConnectError",
    "Error",
    "FileError",
    "FileNotFoundError",
    "ForkError",
    "InternalError",
    "LocalError",
    "LoginRequiredError",
    "MediaError",
    "ModelError",
    "NeedsActionError",
    "NotAFileError",
    "NotFoundError",
    "NotReadyError",
    "OptionError",
    "PermissionError",
    "QuoteChangedError",
    "RateLimitedError",
    "RecordingFailedError",
    "ServiceError",
    "StoreError",
    "TimeoutError",
    "UnsupportedError",
    "UsageError",
]


class Error(Exception):
    """Whatever tiro raises. ``str()`` of it is the message and, where there is one, what to do about it."""

    #: What happened.
    message: str
    #: The number of the error, as in C; 0 if it did not come from the library.
    code: int
    #: Its name, such as ``"TIRO_E_TIMEOUT"``.
    name: str
    #: What to do about it, or ``""``.
    hint: str
    #: The HTTP status, if there was one.
    http_status: int | None
    #: The service's own code, or ``""``.
    service_code: str
    #: The service's id of the request, or ``""``.
    request_id: str
    #: The recording that the failed call was about, where it is known, or ``""``.
    recording_id: str
    #: The job that can be taken up again, or ``""``.
    job_id: str
    #: What the service said beyond its code: docs/errors.md says what is in it.
    detail: dict[str, Any]
    #: Whether the same call may succeed later.
    is_retriable: bool
    #: How many seconds the service asks to wait before the next try.
    retry_after: float | None

    def __init__(
        self,
        message: str = "",
        *,
        code: int = 0,
        name: str = "",
        hint: str = "",
        http_status: int | None = None,
        service_code: str = "",
        request_id: str = "",
        recording_id: str = "",
        job_id: str = "",
        detail: dict[str, Any] | None = None,
        is_retriable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.name = name
        self.hint = hint
        self.http_status = http_status
        self.service_code = service_code
        self.request_id = request_id
        self.recording_id = recording_id
        self.job_id = job_id
        self.detail = detail or {}
        self.is_retriable = is_retriable
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[type[Error], tuple[str], dict[str, object]]:
        # `OSError` among the bases would lose the keywords on the way to another process.
        return type(self), (self.message,), self.__dict__.copy()


class UsageError(Error):
    """The call itself is wrong: an argument out of range, an object in another state."""


class OptionError(UsageError):
    """There is no such option, or it does not take this value."""


class ForkError(Error):
    """The object belongs to the parent process of a fork. A new client works."""


class InternalError(Error):
    """tiro itself failed: a bug."""


class UnsupportedError(Error):
    """This build or machine cannot do it, or the service does not offer it."""


class ConnectError(Error, ConnectionError):
    """The service could not be reached, or its answer broke off."""


class TimeoutError(Error, _builtins.TimeoutError):
    """A deadline passed. The work may go on at the service."""


class AuthError(Error):
    """The service does not accept the credentials, or not for this."""


class LoginRequiredError(AuthError):
    """A person has to log in first."""


class ServiceError(Error):
    """The service refused, or failed."""


class NotFoundError(ServiceError):
    """The service has no such thing."""


class RateLimitedError(ServiceError):
    """The service asks to slow down; ``retry_after`` says for how long."""


class RecordingFailedError(ServiceError):
    """The recording could not be transcribed."""


class NotReadyError(ServiceError):
    """The transcript is not there yet."""


class NeedsActionError(ServiceError):
    """The recording waits for somebody to act at the service."""


class ConfirmRequiredError(ServiceError):
    """This would cost money, and nobody has agreed to the price. Nothing was bought."""

    @property
    def order_id(self) -> str:
        """The order that would be bought."""
        return str(self.detail.get("order_id") or "")

    @property
    def price(self) -> Price | None:
        """What it costs: the ``confirmed_price`` of whoever agrees. ``None``: not known."""
        return _price(self.detail.get("amount"), self.detail.get("currency"))


class QuoteChangedError(ServiceError):
    """The price is another than the one that was agreed to. Nothing was bought."""

    @property
    def order_id(self) -> str:
        """The order that was to be bought."""
        return str(self.detail.get("order_id") or "")

    @property
    def confirmed(self) -> Price | None:
        """What was agreed to."""
        return _price(self.detail.get("confirmed"))

    @property
    def now(self) -> Price | None:
        """What it costs now."""
        return _price(self.detail.get("now"))


def _price(*parts: object) -> Price | None:
    from ._tiro import Price

    text = " ".join(str(part) for part in parts if part)
    return Price(text) if text else None


class LocalError(Error):
    """Something on this machine failed: reading the source, the disk, the recogniser."""


class FileError(LocalError, OSError):
    """The system failed at a file, a folder or a descriptor: the disk is full, too many are open, it cannot be read.

    ``errno``, ``strerror`` and ``filename`` are set where they are known.
    """

    def __init__(
        self, message: str = "", *, errno: int | None = None, filename: str | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.errno = errno
        self.strerror = None if errno is None else _strerror(errno)
        self.filename = filename

    def __reduce__(self) -> tuple[type[Error], tuple[str], dict[str, object]]:
        made, message, state = super().__reduce__()
        # These are no part of `__dict__`.
        return (
            made,
            message,
            state | {name: getattr(self, name) for name in ("errno", "strerror", "filename")},
        )


class FileNotFoundError(FileError, _builtins.FileNotFoundError):
    """There is no such file or folder."""

    def __init__(self, message: str = "", *, errno: int | None = _errno.ENOENT, **details: Any) -> None:
        super().__init__(message, errno=_errno.ENOENT if errno is None else errno, **details)


class PermissionError(FileError, _builtins.PermissionError):
    """The system does not allow it."""

    def __init__(self, message: str = "", *, errno: int | None = _errno.EACCES, **details: Any) -> None:
        super().__init__(message, errno=_errno.EACCES if errno is None else errno, **details)


class NotAFileError(FileError, IsADirectoryError):
    """There is a folder, a pipe or a device where a file is needed."""


class MediaError(LocalError):
    """The recording is empty, damaged, too long, or of a format that tiro does not decode."""


class ModelError(LocalError):
    """The recogniser's model is missing, damaged, or not the one it has to be."""


class StoreError(LocalError):
    """The store of recordings is damaged, busy, or of a newer version of tiro."""


class CancelledError(Error):
    """The call was cancelled from elsewhere. Not asyncio's: a task that is cancelled itself gets that one."""


# They are known by the package, not by the file they are written in.
for _name in __all__:
    globals()[_name].__module__ = "tiro"
del _name
