"""The package itself: what importing it does, what the extension exports, and whether its types are right."""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import run_clean

import tiro
from tiro import _tiro

HERE = Path(__file__).parent
PACKAGE = Path(tiro.__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "python"


def test_importing_starts_nothing() -> None:
    out = run_clean(
        """
        import os, sys
        before = set(os.listdir("/proc/self/fd"))
        import tiro
        assert len(os.listdir("/proc/self/task")) == 1
        assert set(os.listdir("/proc/self/fd")) == before
        client = tiro.Client("scripted")
        assert len(os.listdir("/proc/self/task")) == 1, "a client alone starts nothing either"
        assert "asyncio" not in sys.modules and "typing" not in sys.modules
        assert "AsyncClient" in dir(tiro)
        tiro.AsyncClient
        assert "asyncio" in sys.modules
        """
    )
    assert out == ""


def test_the_module_has_what_it_says() -> None:
    for name in tiro.__all__:
        assert getattr(tiro, name) is not None
    with pytest.raises(AttributeError, match="nonsense"):
        tiro.nonsense  # noqa: B018
    assert tiro.__version__ == importlib.metadata.version("libtiro")
    assert not [need for need in importlib.metadata.requires("libtiro") or [] if "extra ==" not in need]


def test_the_wheel_carries_its_types_and_licences() -> None:
    assert (PACKAGE / "py.typed").is_file() and (PACKAGE / "_tiro.pyi").is_file()
    files = {path.name for path in importlib.metadata.files("libtiro") or []}
    assert {"LICENSE-MIT", "LICENSE-APACHE"} <= files


@pytest.mark.skipif(shutil.which("nm") is None, reason="needs nm")
def test_the_extension_exports_its_init_function_only() -> None:
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", _tiro.__file__], capture_output=True, text=True, check=True
    )
    assert [line.split()[-1] for line in listed.stdout.splitlines()] == ["PyInit__tiro"]


@pytest.mark.skipif(shutil.which("readelf") is None, reason="needs readelf")
def test_the_extension_does_not_pass_for_the_c_library() -> None:
    read = subprocess.run(["readelf", "-d", _tiro.__file__], capture_output=True, text=True, check=True)
    assert "SONAME" not in read.stdout


def checked(*command: str, cwd: Path = Path("/")) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False, cwd=cwd
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_are_right() -> None:
    pytest.importorskip("mypy")
    settings = str(HERE.parent / "pyproject.toml")
    checked("mypy", "--config-file", settings, "--strict", "-p", "tiro")
    checked("mypy", "--config-file", settings, "--strict", *map(str, sorted(EXAMPLES.glob("*.py"))))


def test_the_stubs_are_those_of_the_extension() -> None:
    pytest.importorskip("mypy")
    checked("mypy.stubtest", "tiro")


def test_the_sources_are_tidy() -> None:
    pytest.importorskip("ruff")
    settings = str(HERE.parent / "pyproject.toml")
    checked("ruff", "check", "--config", settings, ".", str(EXAMPLES), cwd=HERE.parent)
