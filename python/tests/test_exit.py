"""The end of the interpreter with calls under way: no crash, no hang, nothing on stderr."""

from __future__ import annotations

import pytest
from conftest import ENDLESS, run_clean, script

PENDING = {
    "an operation": """
operation = client._core.transcribe(b"x", None, None)
""",
    "a source being read": """
class Slow:
    def read(self, size):
        time.sleep(0.001)
        return bytes(size)
operations = [client._core.upload(Slow(), None, None) for _ in range(8)]
time.sleep(0.05)
""",
    "a thread that waits": """
threading.Thread(target=lambda: client.transcribe(b"x"), daemon=True).start()
time.sleep(0.05)
""",
    "a thread that waits with progress": """
threading.Thread(target=lambda: client.upload(open("/dev/zero", "rb"), on_progress=lambda _: None), daemon=True).start()
time.sleep(0.05)
""",
    "an event loop that was left": """
loop = asyncio.new_event_loop()
other = tiro.AsyncClient("scripted", script=sys.argv[1])
task = loop.create_task(other.transcribe(b"x"))
loop.run_until_complete(asyncio.sleep(0.05))
task._log_destroy_pending = False
""",
    "an event loop in a daemon thread": """
other = tiro.AsyncClient("scripted", script=sys.argv[1])
async def work():
    while True:
        await other.recordings()
threading.Thread(target=lambda: asyncio.run(work()), daemon=True).start()
time.sleep(0.05)
""",
    "a log callback": """
tiro.set_log_callback(lambda *_: time.sleep(0.001), "debug")
os.environ.update((f"TIRO_NO_OPTION_{number}", "x") for number in range(50))
tiro.Client("scripted", environment=True)
""",
    "an exit in between": """
operation = client._core.transcribe(b"x", None, None)
sys.exit(0)
""",
}


@pytest.mark.parametrize("pending", PENDING)
def test_an_exit_with_something_pending(pending: str) -> None:
    program = """
import asyncio, os, sys, threading, time
import tiro
client = tiro.Client("scripted", script=sys.argv[1])
"""
    for _ in range(5):
        assert run_clean(program + PENDING[pending], script(**ENDLESS)) == ""


def test_an_exit_while_a_source_does_not_answer() -> None:
    program = """
import sys, threading, time
import tiro
client = tiro.Client("scripted")
class Stuck:
    def read(self, size):
        threading.Event().wait()
operation = client._core.upload(Stuck(), None, None)
time.sleep(0.05)
"""
    assert run_clean(program) == ""
