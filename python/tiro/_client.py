"""The client for programs that wait: each verb returns when the work is done."""

from __future__ import annotations

from ._tiro import Core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._tiro import Page, Recording, Transcript
    from ._typing import CallOptions, ClientOptions, OnProgress, Source


class Client:
    """One identity at one service.

    ``service`` is who transcribes, ``"local"`` unless a profile or the environment says otherwise. Keywords are the
    options of the library; ``None`` is as if it were not given. ``config`` is the path of a TOML file with profiles,
    ``profile`` the one to take (``default``), and with ``environment`` the ``TIRO_*`` variables are read. A keyword
    wins over the environment, that over the file.

    It can be used by many threads at once. Ctrl-C cancels the call that the main thread waits for.
    """

    def __init__(
        self,
        service: str | None = None,
        /,
        *,
        profile: str | None = None,
        config: str | PathLike[str] | None = None,
        environment: bool = False,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._core = Core(service, options, profile, config, environment)

    def transcribe(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        **options: Unpack[CallOptions],
    ) -> Transcript:
        """The whole job: uploads, waits, and fetches the transcript.

        ``name`` is the file name that the service is shown, for a source that has none. ``on_progress`` is called
        with a :class:`Progress` on this thread as the work goes on; what it raises cancels the call.
        """
        return self._core.transcribe(source, name, options).wait(on_progress)

    def upload(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        **options: Unpack[CallOptions],
    ) -> Recording:
        """Uploads a recording, and gives it as the service took it in."""
        return self._core.upload(source, name, options).wait(on_progress)

    def recording(self, id: str, **options: Unpack[CallOptions]) -> Recording:
        """A recording as it is now."""
        return self._core.recording(id, options).wait(None)

    def recordings(self, offset: int = 0, limit: int = 100, **options: Unpack[CallOptions]) -> Page:
        """A page of the recordings: at most ``limit`` from ``offset`` on."""
        return self._core.recordings(offset, limit, options).wait(None)

    def wait(
        self, id: str, *, on_progress: OnProgress | None = None, **options: Unpack[CallOptions]
    ) -> Recording:
        """Waits until a recording is ready. One that fails or waits for somebody is an error."""
        return self._core.wait(id, options).wait(on_progress)

    def transcript(self, id: str, **options: Unpack[CallOptions]) -> Transcript:
        """The transcript of a recording that is ready."""
        return self._core.transcript(id, options).wait(None)

    def delete(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Deletes a recording and its transcript."""
        self._core.delete(id, options).wait(None)

    def purge(self, **options: Unpack[CallOptions]) -> None:
        """Deletes every recording, with its transcript and whatever else is kept of it."""
        self._core.purge(options).wait(None)

    def cancel_all(self, timeout: float | None = None) -> bool:
        """Cancels the calls of other threads and waits for their end, at most ``timeout`` seconds.

        Whether all have ended. The client stays usable.
        """
        return self._core.cancel_all(timeout)

    def close(self) -> None:
        """Cancels the calls of other threads, waits for their end, and gives the client up."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = ", closed" if self._core.is_closed() else ""
        return f"<tiro.Client {self._core.service!r}{state}>"
