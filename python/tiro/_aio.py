"""The client for asyncio: each verb is awaited, and cancelling what awaits it cancels the call."""

from __future__ import annotations

import asyncio
import warnings

from ._tiro import Core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from os import PathLike
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._tiro import Operation, Page, Progress, Recording, Transcript
    from ._typing import CallOptions, ClientOptions, OnProgress, Result, Source


class AsyncClient:
    """One identity at one service, as :class:`tiro.Client`.

    Leaving ``async with`` cancels what is outstanding and waits for its end.
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
        #: What ends when a call has ended, and how to cancel that call.
        self._outstanding: dict[asyncio.Future[None], Callable[[], None]] = {}
        self._core = Core(service, options, profile, config, environment)

    async def transcribe(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        **options: Unpack[CallOptions],
    ) -> Transcript:
        """The whole job: uploads, waits, and fetches the transcript.

        ``name`` is the file name that the service is shown, for a source that has none. ``on_progress`` is called
        with a :class:`tiro.Progress` in the event loop as the work goes on; what it raises cancels the call.
        """
        return await self._finish(self._core.transcribe(source, name, options), on_progress)

    async def upload(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        **options: Unpack[CallOptions],
    ) -> Recording:
        """Uploads a recording, and gives it as the service took it in."""
        return await self._finish(self._core.upload(source, name, options), on_progress)

    async def recording(self, id: str, **options: Unpack[CallOptions]) -> Recording:
        """A recording as it is now."""
        return await self._finish(self._core.recording(id, options))

    async def recordings(self, offset: int = 0, limit: int = 100, **options: Unpack[CallOptions]) -> Page:
        """A page of the recordings: at most ``limit`` from ``offset`` on."""
        return await self._finish(self._core.recordings(offset, limit, options))

    async def wait(
        self, id: str, *, on_progress: OnProgress | None = None, **options: Unpack[CallOptions]
    ) -> Recording:
        """Waits until a recording is ready. One that fails or waits for somebody is an error."""
        return await self._finish(self._core.wait(id, options), on_progress)

    async def transcript(self, id: str, **options: Unpack[CallOptions]) -> Transcript:
        """The transcript of a recording that is ready."""
        return await self._finish(self._core.transcript(id, options))

    async def delete(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Deletes a recording and its transcript."""
        await self._finish(self._core.delete(id, options))

    async def purge(self, **options: Unpack[CallOptions]) -> None:
        """Deletes every recording, with its transcript and whatever else is kept of it."""
        await self._finish(self._core.purge(options))

    async def cancel_all(self) -> None:
        """Cancels the calls of other tasks and waits for their end. The client stays usable."""
        loop = asyncio.get_running_loop()
        for cancel in self._outstanding.values():
            cancel()
        # Those of a loop that was left behind are cancelled, but would never be told here.
        here = [ended for ended in self._outstanding if ended.get_loop() is loop]
        if here:
            await asyncio.wait(here)

    async def aclose(self) -> None:
        """Cancels the calls of other tasks, waits for their end, and gives the client up."""
        try:
            await self.cancel_all()
        finally:
            self._core.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if getattr(self, "_outstanding", None):
            warnings.warn(f"{self!r} was dropped with calls outstanding", ResourceWarning, source=self)

    def __repr__(self) -> str:
        state = ", closed" if self._core.is_closed() else ""
        return f"<tiro.AsyncClient {self._core.service!r}{state}>"

    async def _finish(self, operation: Operation[Result], on_progress: OnProgress | None = None) -> Result:
        """Awaits an operation. Nothing but its end keeps it among the outstanding ones."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        ended: asyncio.Future[None] = loop.create_future()
        outstanding = self._outstanding

        def done(result: Result, error: BaseException | None) -> None:
            outstanding.pop(ended, None)
            ended.set_result(None)
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        def progress(state: Progress) -> None:
            if future.done() or on_progress is None:
                return
            try:
                on_progress(state)
            except Exception as error:  # noqa: BLE001 (whoever awaits gets it)
                operation.cancel()
                future.set_exception(error)

        try:
            operation.deliver(loop, done, progress if on_progress else None)
            outstanding[ended] = operation.cancel
            return await future
        except BaseException:
            operation.cancel()
            if future.done() and not future.cancelled():
                future.exception()  # seen: a task that is cancelled just then would leave it unseen
            raise
