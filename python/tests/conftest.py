"""What the tests share: scripted clients, programs of their own, and looking at this process from outside.

The tests run on the installed module. Those of the local service need the environment's ``TIRO_MODEL_DIR`` (a folder
with an installed model) and ``TIRO_TEST_AUDIO`` (a folder with recordings of speech).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

import tiro

#: A recording that never gets ready.
ENDLESS = {"statuses": [{"status": "processing"}]}


def script(**parts: Any) -> str:
    """The text of a script."""
    return json.dumps(parts)


def eventually(holds: Callable[[], bool], what: str, patience: float = 60.0) -> None:
    """Waits until something holds."""
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def library_threads() -> list[str]:
    """The names of tiro's threads in this process."""
    names = []
    for task in Path("/proc/self/task").iterdir():
        try:
            names.append((task / "comm").read_text().strip())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
    return [name for name in names if name.startswith("tiro")]


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program in a process of its own."""
    command = [sys.executable, "-c", textwrap.dedent(program), *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


def run_clean(program: str, *arguments: str, **environment: str) -> str:
    """As :func:`run`; the program must end well and say nothing on stderr. Gives what it printed."""
    done = run(program, *arguments, **environment)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


#: What no output may hold: the secrets of the tests, and the sandbox's tokens, which begin with what they are.
SECRETS = (
    "demo-secret",
    "anna-password",
    "developer-password",
    "demo-application-token",
    "demo-google-token",
    "demo-facebook-token",
    "sandbox-access-",
    "sandbox-refresh-",
    "sandbox-code-",
    "sandbox-control-",
)
_logged: list[str] = []


@pytest.fixture
def everything_is_logged() -> Iterator[None]:
    """Has everything logged that can be, for :func:`pytest_runtest_logreport`."""
    tiro.set_log_callback(lambda level, target, message: _logged.append(message), "debug")
    yield
    tiro.set_log_callback(None)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Looks through all that a test made anybody say."""
    said = [report.capstdout, report.capstderr, report.caplog, report.longreprtext, *_logged]
    _logged.clear()
    shown = [secret for secret in SECRETS for text in said if secret in text]
    assert not shown, f"{report.nodeid} shows {shown}"


@pytest.fixture
def client() -> Iterator[tiro.Client]:
    """A client of the scripted service that does at once what it is asked."""
    with tiro.Client("scripted") as client:
        yield client


@pytest.fixture
def endless() -> Iterator[tiro.Client]:
    """A client of the scripted service whose recordings never get ready."""
    with tiro.Client("scripted", script=script(**ENDLESS)) as client:
        yield client


def _missing(what: str) -> NoReturn:
    """Skips a test; where everything has to be there, it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def _needed(variable: str) -> Path:
    path = os.environ.get(variable)
    if not path or not Path(path).exists():
        _missing(f"NO LOCAL RECOGNITION TESTED: {variable} is not set, or names nothing")
    return Path(path)


@pytest.fixture
def model_dir() -> Path:
    """A folder with an installed model."""
    return _needed("TIRO_MODEL_DIR")


@pytest.fixture
def speech() -> Path:
    """A recording of speech."""
    return _needed("TIRO_TEST_AUDIO") / "beckett.wav"


@pytest.fixture
def tiro_sandbox_settings() -> dict[str, Any]:
    """What the fixture `tiro_sandbox` starts: a sandbox that transcribes nothing."""
    path = os.environ.get("TIRO_SANDBOX")
    if not path or not Path(path).exists():
        _missing("NOTHING TESTED AGAINST THE SANDBOX: TIRO_SANDBOX is not set, or names nothing")
    return {"engine": "scripted"}
