"""The fixtures of tiro for pytest, which finds them by itself: ``tiro_sandbox``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .sandbox import Sandbox


@pytest.fixture
def tiro_sandbox_settings() -> dict[str, Any]:
    """The keywords of ``tiro.sandbox.Sandbox`` for ``tiro_sandbox``: override it to have others."""
    return {"engine": "scripted"}


@pytest.fixture
def tiro_sandbox(tiro_sandbox_settings: dict[str, Any]) -> Iterator[Sandbox]:
    """A sandbox of its own for each test: a server that speaks the wires of GoSpeech and TranscribeMe."""
    from .sandbox import Sandbox

    with Sandbox(**tiro_sandbox_settings) as sandbox:
        yield sandbox
