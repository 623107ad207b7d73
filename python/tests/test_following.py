"""Following what goes on: progress, lists page by page, events with a time limit, an end with a time limit."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from conftest import ENDLESS, eventually, script

import tiro

STEPS = script(statuses=[{"status": "processing"}, {"status": "ready", "after_ms": 50}])


def test_progress_ends_where_all_is_done() -> None:
    seen: list[tiro.Progress] = []
    with tiro.Client("scripted", script=STEPS) as client:
        client.transcribe(b"x", on_progress=seen.append)
    assert (seen[-1].phase, seen[-1].fraction) == ("processing", 1.0)


def in_client(work: Callable[[tiro.AsyncClient], Awaitable[None]], told: str = "{}") -> None:
    async def main() -> None:
        async with tiro.AsyncClient("scripted", script=told) as client:
            await work(client)

    asyncio.run(main())


def test_a_coroutine_that_is_told_of_progress_is_awaited() -> None:
    begun: list[tiro.Progress] = []
    ended: list[tiro.Progress] = []

    async def tell(state: tiro.Progress) -> None:
        assert len(begun) == len(ended), "one at a time"
        begun.append(state)
        await asyncio.sleep(0.02)
        ended.append(state)

    async def work(client: tiro.AsyncClient) -> None:
        await client.transcribe(b"x", on_progress=tell)
        assert begun == ended, "all is told before the call ends"
        assert (ended[-1].phase, ended[-1].fraction) == ("processing", 1.0)

    in_client(work, STEPS)


def test_nobody_awaits_in_a_client_that_waits() -> None:
    async def tell(_: tiro.Progress) -> None:
        pytest.fail("it is never begun")

    with (
        tiro.Client("scripted", script=STEPS) as client,
        pytest.raises(TypeError, match="on_progress is awaited by tiro.AsyncClient only"),
    ):
        client.transcribe(b"x", on_progress=tell)


def test_what_telling_raises_ends_the_call() -> None:
    async def tell(_: tiro.Progress) -> None:
        await asyncio.sleep(0)
        raise RuntimeError("enough")

    async def work(client: tiro.AsyncClient) -> None:
        with pytest.raises(RuntimeError, match="enough"):
            await client.transcribe(b"x", on_progress=tell)

    in_client(work, script(**ENDLESS))
    in_client(work, STEPS)


def test_a_call_that_is_cancelled_takes_the_telling_along() -> None:
    begun: list[bool] = []
    broken_off: list[bool] = []

    async def tell(_: tiro.Progress) -> None:
        begun.append(True)
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            broken_off.append(True)
            raise

    async def work(client: tiro.AsyncClient) -> None:
        call = asyncio.ensure_future(client.transcribe(b"x", on_progress=tell))
        while not begun:
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.sleep(0)
        assert broken_off == [True]

    in_client(work, script(**ENDLESS))


def test_every_recording_comes(client: tiro.Client) -> None:
    assert list(client.iter_recordings()) == []
    ids = [client.upload(b"x").id for _ in range(5)]
    for limit in (1, 2, 5, 100):
        assert [recording.id for recording in client.iter_recordings(limit)] == ids[::-1]
    with pytest.raises(tiro.OptionError):
        next(client.iter_recordings(service="local"))  # type: ignore[call-arg]


def test_every_recording_comes_to_asyncio() -> None:
    async def work(client: tiro.AsyncClient) -> None:
        assert [recording async for recording in client.iter_recordings()] == []
        ids = [(await client.upload(b"x")).id for _ in range(5)]
        for limit in (2, 100):
            assert [recording.id async for recording in client.iter_recordings(limit)] == ids[::-1]

    in_client(work)


def test_a_page_that_is_none(client: tiro.Client) -> None:
    for offset, limit in ((-1, 10), (0, -1), (0, 0)):
        with pytest.raises(tiro.UsageError):
            client.recordings(offset, limit)


def test_all_can_be_cancelled_within_a_time() -> None:
    async def work(client: tiro.AsyncClient) -> None:
        assert await client.cancel_all() is True
        for wrong in (-1, float("nan")):
            with pytest.raises(tiro.UsageError):
                await client.cancel_all(wrong)
        call = asyncio.ensure_future(client.transcribe(b"x"))
        await asyncio.sleep(0.05)
        assert await client.cancel_all(timeout=30) is True
        with pytest.raises(tiro.CancelledError):
            await call

    in_client(work, script(**ENDLESS))


def test_an_event_is_waited_for_no_longer_than_said_in_asyncio() -> None:
    told = script(events=[{"kind": "list_changed"}, {"kind": "account_deleted", "after_ms": 50}])

    async def work(client: tiro.AsyncClient) -> None:
        async with client.events() as events:
            for kind in ("list_changed", "account_deleted"):
                event = await events.next(30)
                assert event is not None and event.kind == kind
            with pytest.raises(tiro.AuthError):
                await events.next()
            with pytest.raises(tiro.UsageError):
                await events.next(-1)

    async def silence(client: tiro.AsyncClient) -> None:
        async with client.events() as events:
            assert await events.next(0) is None and await events.next(0.02) is None
        with pytest.raises(tiro.CancelledError):
            await events.next()

    in_client(work, told)
    in_client(silence)


def test_a_read_that_is_a_coroutine_is_told_as_such(client: tiro.Client) -> None:
    class Async:
        async def read(self, _size: int) -> bytes:
            return b""

    with pytest.raises(tiro.LocalError, match="coroutine, not bytes: .*not async") as raised:
        client.upload(Async())  # type: ignore[arg-type]
    assert isinstance(raised.value.__cause__, TypeError)


def test_what_comes_in_pieces_is_told_where_to_go(client: tiro.Client) -> None:
    with pytest.raises(TypeError, match="RemoteSource, not generator: join"):
        client.upload(piece for piece in (b"x",))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="RemoteSource, not float$"):
        client.upload(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("level", ["warn", "warning", "WARNING", logging.WARNING, logging.DEBUG, 5])
def test_the_levels_of_logging_are_known(
    level: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def log(level: str, target: str, message: str) -> None:
        logging.getLogger(f"tiro.{target}").log(getattr(logging, level.upper()), "%s", message)

    caplog.set_level(logging.DEBUG, "tiro")
    tiro.set_log_callback(log, level)
    try:
        monkeypatch.setenv("TIRO_NO_OPTION", "x")
        tiro.Client("scripted", environment=True)
        eventually(lambda: bool(caplog.records), "it is logged")
    finally:
        tiro.set_log_callback(None)
    assert {(record.name, record.levelno) for record in caplog.records} == {("tiro.options", logging.WARNING)}


@pytest.mark.parametrize("level", ["error", "critical", "CRITICAL", logging.ERROR, logging.CRITICAL])
def test_a_high_level_leaves_warnings_out(level: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    tiro.set_log_callback(lambda *line: lines.append(line[2]), level)
    try:
        monkeypatch.setenv("TIRO_NO_OPTION", "x")
        tiro.Client("scripted", environment=True)
    finally:
        tiro.set_log_callback(None)
    assert lines == []
