"""Forked children: what they inherit raises at once, what they make works, and nothing hangs."""

from __future__ import annotations

from conftest import ENDLESS, run_clean, script

FORK = """
import asyncio, os, sys, threading, time, warnings
import tiro

# Newer Pythons warn of what is tested here.
warnings.simplefilter("ignore", DeprecationWarning)

def in_child(work):
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException as error:
            print("child:", repr(error), file=sys.stderr)
        finally:
            sys.stdout.flush()
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
"""


def test_a_preloaded_server() -> None:
    """As gunicorn does with `--preload`: import and client in the parent, work in the children."""
    out = run_clean(
        FORK
        + """
preloaded = tiro.Client("scripted")

def serve():
    try:
        preloaded.transcribe("whatever.wav")
    except tiro.ForkError as error:
        print(error.name, "after the fork" in str(error), flush=True)
    with tiro.Client("scripted") as client:
        print(client.transcribe(b"x").text, flush=True)
        print(asyncio.run(tiro.AsyncClient("scripted").transcribe(b"x")).text, flush=True)

for _ in range(3):
    in_child(serve)
print(preloaded.transcribe(b"x").text)
"""
    )
    served = "TIRO_E_FORKED True\nHello world.\nHello world.\n"
    assert out == served * 3 + "Hello world.\n"


def test_a_fork_while_calls_are_under_way() -> None:
    out = run_clean(
        FORK
        + """
inherited = tiro.Client("scripted", script=sys.argv[1])
recording = inherited.upload(b"x")
transcript = tiro.Client("scripted").transcribe(b"x")
operation = inherited._core.transcribe(b"x", None, None)

class Slow:
    def read(self, size):
        time.sleep(0.002)
        return bytes(size)

for _ in range(4):
    threading.Thread(target=lambda: inherited.upload(Slow()), daemon=True).start()
time.sleep(0.1)

def look():
    calls = [
        lambda: inherited.recordings(),
        lambda: inherited.upload(b"x"),
        lambda: inherited.cancel_all(),
        lambda: operation.wait(None),
    ]
    for call in calls:
        try:
            call()
        except tiro.ForkError:
            pass
        else:
            raise AssertionError("no ForkError")
    assert (recording.status, transcript.words[0].text) == ("processing", "Hello")
    inherited.close()
    with inherited:
        pass
    operation.cancel()
    with tiro.Client("scripted") as client:
        assert client.transcribe(b"x").text == "Hello world."
    globals().pop("inherited"), globals().pop("operation")
    print("fine", flush=True)

for _ in range(20):
    in_child(look)
operation.cancel()
try:
    operation.wait(None)
except tiro.CancelledError:
    print("the parent goes on")
""",
        script(**ENDLESS),
    )
    assert out == "fine\n" * 20 + "the parent goes on\n"


def test_a_child_that_ends_as_a_program_does() -> None:
    out = run_clean(
        FORK
        + """
inherited = tiro.Client("scripted", script=sys.argv[1])
threading.Thread(target=lambda: inherited.transcribe(b"x"), daemon=True).start()
while inherited.recordings().total == 0:
    time.sleep(0.01)
child = os.fork()
if child == 0:
    print(tiro.Client("scripted").transcribe(b"x").text)
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
print("parent")
""",
        script(**ENDLESS),
    )
    assert out == "Hello world.\nparent\n"


def test_a_pool_of_processes() -> None:
    out = run_clean(
        """
        import multiprocessing, warnings, tiro

        warnings.simplefilter("ignore", DeprecationWarning)

        preloaded = tiro.Client("scripted")
        preloaded.recordings()

        def work(number):
            with tiro.Client("scripted") as client:
                client.upload(bytes(number))
                return client.transcribe(b"x").text

        with multiprocessing.get_context("fork").Pool(3) as pool:
            print(set(pool.map(work, range(12))))
        """
    )
    assert out == "{'Hello world.'}\n"
