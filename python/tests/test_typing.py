"""The public types, at run time, and the public tables."""

from __future__ import annotations

import inspect
import sys
import typing

import pytest
from conftest import run_clean

import tiro
import tiro.tables
import tiro.typing
from tiro import _tiro


@pytest.mark.skipif(sys.version_info < (3, 11), reason="typing has no Unpack")
@pytest.mark.parametrize("kind", [tiro.Client, tiro.AsyncClient, tiro.Events, tiro.AsyncEvents, tiro.Error])
def test_the_hints_are_found(kind: type) -> None:
    for _, method in inspect.getmembers(kind, inspect.isfunction):
        if not method.__name__.startswith("_") or method.__name__ == "__init__":
            typing.get_type_hints(method)


def test_the_types_have_their_names() -> None:
    for name in tiro.typing.__all__:
        assert getattr(tiro.typing, name) is not None


def test_they_need_nothing_installed_and_are_not_imported_unasked() -> None:
    out = run_clean(
        """
        import sys
        import tiro
        assert "tiro.typing" not in sys.modules and "typing" not in sys.modules
        tiro.Client("scripted").close()
        assert "tiro.tables" not in sys.modules
        tiro.option_table()
        assert "tiro.tables" in sys.modules
        sys.modules["typing_extensions"] = None
        import tiro.typing
        """
    )
    assert out == ""


def test_the_tables_are_those_of_the_library() -> None:
    options = {option.key: option for option in tiro.option_table()}
    assert len(options) == len(_tiro.option_table()) > 100
    assert options["force_new"].choices == ("no", "yes") and options["force_new"].default == "no"
    assert (options["threads"].type, options["model"].type, options["password"].type) == (
        "integer",
        "path",
        "secret",
    )
    assert options["threads"].scope == "call" and "local" in options["threads"].readers
    for option in options.values():
        assert option.meaning and bool(option.choices) == (option.type == "choice")
    for error in tiro.error_table():
        assert issubclass(getattr(tiro, error.class_name), tiro.Error) and error.meaning
    assert {entry.name: entry.suffixes for entry in tiro.export_formats()}["srt"] == ("srt",)
    models = tiro.installable_models()
    assert models[0].name == "tiny.en" and len(models[0].packages[0].sha256) == 64
