"""Waiting in a thread: progress, Ctrl-C, closing, and what is left afterwards."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from conftest import ENDLESS, eventually, library_threads, run_clean, script

import tiro

SLOW = script(upload_bytes_per_second=2_000_000)


class Endless:
    """A source without an end, that counts how often it is read."""

    def __init__(self) -> None:
        self.reads = 0

    def read(self, size: int) -> bytes:
        self.reads += 1
        time.sleep(0.01)
        return bytes(size)

    def is_at_rest(self) -> bool:
        """Whether nobody reads it any more."""
        before = self.reads
        time.sleep(0.1)
        return self.reads == before


def test_progress_is_told_on_this_thread() -> None:
    told: list[tuple[tiro.Progress, int]] = []
    size = 1 << 20
    with tiro.Client("scripted", script=SLOW) as client:
        client.upload(bytes(size), on_progress=lambda state: told.append((state, threading.get_ident())))
    states = [state for state, _ in told]
    assert {thread for _, thread in told} == {threading.get_ident()}
    assert len(states) > 2 and all(state.phase == "uploading" for state in states)
    assert [state.done for state in states] == sorted({state.done for state in states}), "only what is new"
    last = states[-1]
    assert (last.done, last.total, last.fraction) == (size, size, 1.0)
    assert repr(last) == f"Progress(phase='uploading', done={size}, total={size})"


class Stop(Exception):
    pass


@pytest.mark.parametrize("kind", [Stop, KeyboardInterrupt, SystemExit])
def test_what_progress_raises_cancels_and_comes_out(kind: type[BaseException]) -> None:
    source = Endless()

    def stop(_: tiro.Progress) -> None:
        raise kind("enough")

    with tiro.Client("scripted") as client:
        with pytest.raises(kind, match="enough"):
            client.upload(source, on_progress=stop)
        eventually(source.is_at_rest, "the source is read no more")
        assert client.cancel_all(0), "nothing is outstanding"


@pytest.mark.parametrize("sent", ["by the terminal", "with progress"])
def test_ctrl_c(sent: str) -> None:
    out = run_clean(
        """
        import os, signal, sys, threading, time
        import tiro

        def counts():
            return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))

        # A program that was started in the background may have inherited that it ignores the signal.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        handler = signal.getsignal(signal.SIGINT)
        before = counts()
        client = tiro.Client("scripted", script=sys.argv[1])
        interrupter = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        try:
            interrupter.start()
            client.transcribe(b"x", on_progress=None if sys.argv[2] == "by the terminal" else lambda _: None)
        except KeyboardInterrupt:
            print("interrupted")
        print("nothing outstanding:", client.cancel_all(0))
        client.close()
        interrupter.join()
        deadline = time.monotonic() + 40
        while counts() != before and time.monotonic() < deadline:
            time.sleep(0.01)
        print("as before:", counts() == before, "" if counts() == before else (before, counts()))
        print("handler:", signal.getsignal(signal.SIGINT) is handler)
        """,
        script(**ENDLESS),
        sent,
    )
    assert out.split("\n")[:-1] == [
        "interrupted",
        "nothing outstanding: True",
        "as before: True ",
        "handler: True",
    ]


def test_other_signals_are_handled_while_waiting() -> None:
    out = run_clean(
        """
        import os, signal, sys, threading, tiro
        class Alarm(Exception): pass
        def ring(*_): raise Alarm
        signal.signal(signal.SIGUSR1, ring)
        timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
        with tiro.Client("scripted", script=sys.argv[1]) as client:
            try:
                timer.start()
                client.transcribe(b"x")
            except Alarm:
                print("rung")
        """,
        script(**ENDLESS),
    )
    assert out == "rung\n"


def test_other_threads_run_while_one_waits(endless: tiro.Client) -> None:
    waiter = threading.Thread(target=lambda: pytest.raises(tiro.CancelledError, endless.transcribe, b"x"))
    waiter.start()
    eventually(lambda: len(endless.recordings()) == 1, "the recording is there")
    assert waiter.is_alive()
    assert endless.cancel_all(10)
    waiter.join(10)
    assert not waiter.is_alive()


def test_closing_cancels_the_calls_of_other_threads() -> None:
    client = tiro.Client("scripted", script=script(**ENDLESS))
    raised: list[BaseException] = []

    def wait() -> None:
        try:
            client.transcribe(b"x")
        except tiro.Error as error:
            raised.append(error)

    threads = [threading.Thread(target=wait) for _ in range(8)]
    for thread in threads:
        thread.start()
    eventually(lambda: client.recordings().total == 8, "all are under way")
    client.close()
    for thread in threads:
        thread.join(10)
    assert [type(error) for error in raised] == [tiro.CancelledError] * 8


def test_a_closed_client() -> None:
    client = tiro.Client("scripted")
    with client as entered:
        assert entered is client
        client.upload(b"x")
    client.close()
    assert repr(client) == "<tiro.Client 'scripted', closed>"
    for call in (lambda: client.upload(b"x"), client.recordings, client.cancel_all):
        with pytest.raises(tiro.UsageError, match="closed"):
            call()
    eventually(lambda: library_threads() == [], "the library's threads end with its last client")


def test_a_client_that_is_dropped_takes_its_threads_along() -> None:
    client = tiro.Client("scripted")
    client.upload(b"x")
    assert library_threads()
    del client
    eventually(lambda: library_threads() == [], "the library's threads end with its last client")


@pytest.mark.parametrize("timeout", [-1, float("nan"), "soon"])
def test_a_time_out_that_is_none(client: tiro.Client, timeout: Any) -> None:
    with pytest.raises((tiro.UsageError, TypeError)):
        client.cancel_all(timeout)


def test_the_log() -> None:
    lines: list[tuple[str, str, str]] = []
    tiro.set_log_callback(lambda *line: lines.append(line), "debug")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TIRO_NO_OPTION", "x")
            tiro.Client("scripted", environment=True)
        eventually(lambda: bool(lines), "something is logged")
    finally:
        tiro.set_log_callback(None)
    assert {line[:2] for line in lines} == {("warn", "options")}
    assert any("TIRO_NO_OPTION" in message for _, _, message in lines)
    with pytest.raises(tiro.UsageError):
        tiro.set_log_callback(print, "loud")
    eventually(lambda: library_threads() == [], "the log's thread ends with it")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wait_inside_a_log_callback_is_refused() -> None:
    outcome: list[str] = []

    def wait(*_: str) -> None:
        try:
            inner.transcribe(b"x")
        except tiro.UsageError as error:
            outcome.append(error.name)

    inner = tiro.Client("scripted", script=script(**ENDLESS))
    tiro.set_log_callback(wait, "warn")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TIRO_NO_OPTION", "x")
            tiro.Client("scripted", environment=True)
        eventually(lambda: set(outcome) == {"TIRO_E_DEADLOCK"}, "it is refused")
    finally:
        tiro.set_log_callback(None)
        inner.close()
