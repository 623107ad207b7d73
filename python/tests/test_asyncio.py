"""Waiting in an event loop: results, cancellation, progress, and loops that end early."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from conftest import ENDLESS, eventually, library_threads, run_clean, script
from test_sync import SLOW, Endless

import tiro


def in_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Runs a test in an event loop that takes offence at whatever it is told to pass over."""

    def runner() -> None:
        async def watched() -> None:
            complaints: list[dict[str, Any]] = []
            asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
            await test()
            gc.collect()
            await asyncio.sleep(0)
            assert complaints == []

        asyncio.run(watched(), debug=True)

    runner.__name__ = test.__name__
    return runner


@asynccontextmanager
async def endless_client() -> AsyncIterator[tiro.AsyncClient]:
    async with tiro.AsyncClient("scripted", script=script(**ENDLESS)) as client:
        yield client


async def is_quiet(client: tiro.AsyncClient) -> bool:
    """Whether nothing of the client's comes to be outstanding or stays so."""
    for _ in range(500):
        if not client._outstanding:
            return True
        await asyncio.sleep(0.01)
    return False


async def uploaded(client: tiro.AsyncClient, count: int) -> None:
    """Waits until so many recordings are there."""
    while (await client.recordings()).total != count:
        await asyncio.sleep(0.01)


async def at_rest(source: Endless) -> None:
    """Waits until nobody reads a source any more."""
    await asyncio.to_thread(eventually, source.is_at_rest, "the source is read no more")


@in_loop
async def test_the_verbs() -> None:
    async with tiro.AsyncClient("scripted") as client:
        assert repr(client) == "<tiro.AsyncClient 'scripted'>"
        transcript = await client.transcribe(b"x", name="x.wav")
        assert transcript.text == "Hello world."
        recording = await client.upload(b"xy")
        assert await client.wait(recording.id) == await client.recording(recording.id)
        assert (await client.transcript(recording.id)).words == transcript.words
        assert (await client.recordings(0, 1)).total == 2
        await client.delete(recording.id)
        await client.purge()
        assert len(await client.recordings()) == 0
        with pytest.raises(tiro.NotFoundError):
            await client.recording(recording.id)
    with pytest.raises(tiro.UsageError, match="closed"):
        await client.recordings()
    assert repr(client) == "<tiro.AsyncClient 'scripted', closed>"


@in_loop
async def test_many_at_once() -> None:
    async with tiro.AsyncClient("scripted", script=script(answer_ms=5), max_in_flight=4) as client:
        transcripts = await asyncio.gather(*(client.transcribe(b"x") for _ in range(200)))
        assert len({transcript.recording_id for transcript in transcripts}) == 200


@in_loop
async def test_the_loop_is_never_blocked() -> None:
    async with tiro.AsyncClient("scripted", script=script(answer_ms=2000)) as client:
        ticks = 0
        call = asyncio.ensure_future(client.recordings())
        while not call.done():
            await asyncio.sleep(0.01)
            ticks += 1
        assert ticks > 5


@in_loop
async def test_a_time_out_cancels_the_call() -> None:
    source = Endless()
    async with tiro.AsyncClient("scripted") as client:
        call = asyncio.ensure_future(client.upload(source))
        while source.reads == 0:
            await asyncio.sleep(0.01)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(call, 0.2)
        assert await is_quiet(client)
        await at_rest(source)


@in_loop
async def test_a_cancelled_task_cancels_the_call() -> None:
    async with endless_client() as client:
        task = asyncio.create_task(client.transcribe(b"x"))
        await uploaded(client, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await is_quiet(client)


@in_loop
async def test_leaving_cancels_what_is_outstanding_and_awaits_it() -> None:
    source = Endless()
    async with endless_client() as client:
        tasks = [asyncio.create_task(client.transcribe(b"x")) for _ in range(5)]
        tasks.append(asyncio.create_task(client.transcribe(source)))
        await asyncio.sleep(0.1)
    assert not client._outstanding
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [tiro.CancelledError] * 6
    await at_rest(source)


@in_loop
async def test_a_client_can_go_on_after_cancelling_all() -> None:
    async with endless_client() as client:
        task = asyncio.create_task(client.transcribe(b"x"))
        await uploaded(client, 1)
        await client.cancel_all()
        with pytest.raises(tiro.CancelledError):
            await task
        assert (await client.recordings()).total == 1


@in_loop
async def test_progress_is_told_in_the_loop() -> None:
    loop, told = asyncio.get_running_loop(), []

    def tell(state: tiro.Progress) -> None:
        assert asyncio.get_running_loop() is loop
        told.append(state)

    async with tiro.AsyncClient("scripted", script=SLOW) as client:
        await client.upload(bytes(1 << 20), on_progress=tell)
    assert told and [state.done for state in told] == sorted(state.done for state in told)


@in_loop
async def test_what_progress_raises_cancels_and_comes_out() -> None:
    source = Endless()

    def stop(_: tiro.Progress) -> None:
        raise ZeroDivisionError("enough")

    async with tiro.AsyncClient("scripted") as client:
        with pytest.raises(ZeroDivisionError, match="enough"):
            await client.upload(source, on_progress=stop)
        assert await is_quiet(client)
        await at_rest(source)


@in_loop
async def test_a_failing_source_is_the_cause() -> None:
    class Torn:
        def read(self, _size: int) -> bytes:
            raise RuntimeError("the tape is torn")

    async with tiro.AsyncClient("scripted") as client:
        with pytest.raises(tiro.LocalError, match="RuntimeError was raised") as raised:
            await client.upload(Torn())
    assert isinstance(raised.value.__cause__, RuntimeError)


@in_loop
async def test_a_task_that_is_cancelled_just_as_its_call_fails() -> None:
    failing = script(errors={"upload": {"code": "TIRO_E_SERVICE"}})
    async with tiro.AsyncClient("scripted", script=failing) as client:
        for pause in range(40):
            task = asyncio.create_task(client.upload(b"x"))
            await asyncio.sleep(pause / 20_000)
            task.cancel()
            with pytest.raises((tiro.ServiceError, asyncio.CancelledError)):
                await task


def test_a_loop_that_is_closed_early() -> None:
    client = tiro.AsyncClient("scripted", script=script(**ENDLESS))
    loop = asyncio.new_event_loop()
    future = loop.create_task(client.transcribe(b"x"))
    loop.run_until_complete(uploaded(client, 1))
    future.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(future)
    second = loop.create_task(client.transcribe(b"x"))
    loop.run_until_complete(uploaded(client, 2))
    second.get_coro().close()  # type: ignore[union-attr]
    second._log_destroy_pending = False  # type: ignore[attr-defined]
    loop.close()

    async def again() -> None:
        assert (await client.recordings()).total == 2
        await client.aclose()

    asyncio.run(again())
    client._outstanding.clear()  # nobody can tell it any more


def test_one_client_in_loop_after_loop() -> None:
    client = tiro.AsyncClient("scripted")
    for number in range(1, 4):
        transcript = asyncio.run(client.transcribe(b"x"))
        assert transcript.recording_id == f"scripted-{number}"
    asyncio.run(client.aclose())


def test_dropping_a_client_with_calls_outstanding_only_warns() -> None:
    async def forget() -> None:
        client = tiro.AsyncClient("scripted", script=script(**ENDLESS))
        task = asyncio.create_task(client.transcribe(b"x"))
        await uploaded(client, 1)
        task.cancel()
        client._outstanding[asyncio.get_running_loop().create_future()] = lambda: None
        await asyncio.gather(task, return_exceptions=True)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(forget())
        gc.collect()
    assert [warning.category for warning in caught] == [ResourceWarning]
    caught.clear()  # it holds the client
    eventually(lambda: library_threads() == [], "the client is gone all the same")


def test_ctrl_c_ends_a_loop() -> None:
    out = run_clean(
        """
        import asyncio, os, signal, sys, threading, tiro

        async def main():
            threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
            async with tiro.AsyncClient("scripted", script=sys.argv[1]) as client:
                await client.transcribe(b"x")

        # A program that was started in the background may have inherited that it ignores the signal.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            asyncio.run(main())
        except KeyboardInterrupt:
            print("interrupted")
        """,
        script(**ENDLESS),
    )
    assert out == "interrupted\n"
