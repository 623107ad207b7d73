"""What an upload of 500 MB costs in memory: how far the peak rises above what a small upload left, for each face and each
kind of source, against the sandbox. Peers: `requests` with a file as the form's part, and httpx.

python benches/upload/run.py LIBRARY_FOLDER    (tiro, requests and httpx have to be installed, and TIRO_SANDBOX set)
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tiro.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SMALL, LARGE = 1 << 20, 500_000_000
ROUNDS = 3


def sparse(path: Path, size: int) -> str:
    with path.open("wb") as file:
        file.truncate(size)
    return str(path)


def built(folder: Path, library: Path) -> str:
    program = folder / "upload"
    flags = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", f"-I{ROOT / 'include'}", f"-L{library}"]
    link = ["-ltiro", f"-Wl,-rpath,{library}", "-o", str(program)]
    subprocess.run(["cc", *flags, str(HERE / "upload.c"), *link], check=True)
    return str(program)


def main(library: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = sparse(folder / "small.wav", SMALL), sparse(folder / "large.wav", LARGE)
        program = built(folder, library)
        python = [sys.executable, str(HERE / "upload.py")]
        peer = [sys.executable, str(HERE / "peer.py")]
        ways = {
            **{f"C, {way}": [program, way] for way in ("path", "fd", "callback")},
            **{
                f"Python {face}, {way}": [*python, face, way]
                for face in ("sync", "asyncio")
                for way in ("path", "file", "callback")
            },
            **{f"{name}, file": [*peer, name] for name in ("requests", "httpx")},
        }
        print(
            f"\n== Upload of {LARGE / 1e6:.0f} MB: how far the peak of the memory rises, MB, median of {ROUNDS}"
        )
        for label, command in ways.items():
            rises = [measured([*command, small, large]) for _ in range(ROUNDS)]
            print(f"{label:28}{statistics.median(rises) * 1024 / 1e6:8.1f}")


def measured(command: list[str]) -> int:
    with Sandbox(engine="scripted") as sandbox:
        options = {f"TIRO_{key.upper()}": str(value) for key, value in sandbox.options().items()}
        options["TIRO_SERVICE"] = "gospeech"
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TIRO_")}
        done = subprocess.run(command, env={**kept, **options}, stdout=subprocess.PIPE, text=True, check=True)
        sent = sandbox.control.recordings()
        assert sorted(recording["size"] for recording in sent) == [SMALL, LARGE], sent
        return int(done.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
