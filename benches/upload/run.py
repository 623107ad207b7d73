"""What an upload of 500 MB costs in memory: how far the peak rises above what a small upload left, for each face and each
kind of source, against the sandbox. Peers: `requests` with a file as the form's part, and httpx. And what parts side by
side gain where each request takes 100 ms longer.

python benches/upload/run.py LIBRARY_FOLDER    (tiro, requests and httpx have to be installed, and TIRO_SANDBOX set)
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tiro.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SMALL, LARGE = 1 << 20, 500_000_000
PART = 5 << 20
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


def in_one_request(program: str, files: list[str]) -> None:
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
        rises = [measured("gospeech", [*command, *files])[0] for _ in range(ROUNDS)]
        print(f"{label:40}{statistics.median(rises):8.1f}", flush=True)


def in_parts(program: str, files: list[str]) -> None:
    """TranscribeMe's uploads, whose parts are requests of their own."""
    command = [program, "path", *files]
    for parallel in (1, 4):
        runs = [
            measured("transcribeme", command, transcribeme_parallel_parts=parallel) for _ in range(ROUNDS)
        ]
        label = f"C, path, parts of {PART / 1e6:.1f} MB, {parallel} at a time"
        print(f"{label:40}{statistics.median(rise for rise, _ in runs):8.1f}", flush=True)
    slow = {"transcribeme": {"latency_ms": 100}}
    seconds = {}
    for parallel in (1, 4):
        options = {"transcribeme_parallel_parts": parallel}
        runs = [measured("transcribeme", command, slow, **options) for _ in range(ROUNDS)]
        seconds[parallel] = statistics.median(took for _, took in runs)
    print(
        f"with 100 ms of latency a request: in order {seconds[1]:.1f} s, 4 parts at a time {seconds[4]:.1f} s, "
        f"ratio {seconds[1] / seconds[4]:.2f}"
    )


def measured(
    service: str, command: list[str], behaviour: Mapping[str, Any] | None = None, **options: Any
) -> tuple[float, float]:
    """How far the peak rises, in MB, and how long the program takes, in seconds."""
    with Sandbox(engine="scripted", behaviour=behaviour) as sandbox:
        options = {**sandbox.options(service), **options, "service": service}
        variables = {f"TIRO_{key.upper()}": str(value) for key, value in options.items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TIRO_")}
        begun = time.monotonic()
        done = subprocess.run(
            command, env={**kept, **variables}, stdout=subprocess.PIPE, text=True, check=True
        )
        took = time.monotonic() - begun
        control = sandbox.control
        sent = control.recordings() if service == "gospeech" else control.transcribeme_recordings()
        assert sorted(recording["size"] for recording in sent) == [SMALL, LARGE], sent
        return int(done.stdout) * 1024 / 1e6, took


def main(library: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [sparse(folder / "small.wav", SMALL), sparse(folder / "large.wav", LARGE)]
        program = built(folder, library)
        in_one_request(program, files)
        in_parts(program, files)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
