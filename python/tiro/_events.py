"""What a service tells without being asked, as iterators."""

from __future__ import annotations

from .errors import CancelledError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._tiro import EventStream, ServiceEvent


def deadline_after(timeout: float | None) -> float | None:
    """When a time-out of this event loop has passed; ``None``: never."""
    import asyncio

    if timeout is None:
        return None
    if not timeout >= 0:
        raise UsageError("timeout is a number of seconds from 0 on", code=-109, name="TIRO_E_ARGUMENT")
    return asyncio.get_running_loop().time() + timeout


class _Ending:
    """What both kinds of events do to end."""

    def __init__(self, stream: EventStream) -> None:
        self._stream = stream
        self._closed = False

    def _end(self) -> None:
        self._closed = True
        self._stream.cancel()

    def __repr__(self) -> str:
        state = ", closed" if self._closed else ""
        return f"<tiro.{type(self).__name__}{state}>"


class Events(_Ending):
    """The events of a service, as they come. Leaving ``with`` ends them; what else ends them is raised.

    Events wait for whoever takes none: at most 1024, of each recording the newest change only. One of the kind
    ``list_changed`` stands for those that found no room.
    """

    def next(self, timeout: float | None = None) -> ServiceEvent | None:
        """Waits for the next event, at most ``timeout`` seconds; ``None`` if none came."""
        return self._stream.next(timeout)

    def close(self) -> None:
        """Ends them."""
        self._end()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> ServiceEvent:
        try:
            while not self._closed:
                if event := self._stream.next(None):
                    return event
        except CancelledError:
            if not self._closed:
                raise
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncEvents(_Ending):
    """As :class:`tiro.Events`, for ``async for`` and ``async with``."""

    def __init__(self, stream: EventStream) -> None:
        import asyncio

        super().__init__(stream)
        self._news = asyncio.Event()
        stream.notify(asyncio.get_running_loop(), self._news.set)

    async def next(self, timeout: float | None = None) -> ServiceEvent | None:
        """Waits for the next event, at most ``timeout`` seconds; ``None`` if none came."""
        import asyncio

        deadline = deadline_after(timeout)
        while True:
            self._news.clear()
            if event := self._stream.take():
                return event
            left = None if deadline is None else deadline - asyncio.get_running_loop().time()
            if left is not None and left <= 0:
                return None
            try:
                await asyncio.wait_for(self._news.wait(), left)
            except asyncio.TimeoutError:
                continue  # one may have come just now

    async def aclose(self) -> None:
        """Ends them."""
        self._end()
        self._news.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ServiceEvent:
        try:
            while not self._closed:
                self._news.clear()
                if event := self._stream.take():
                    return event
                if not self._closed:
                    await self._news.wait()
        except CancelledError:
            if not self._closed:
                raise
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
