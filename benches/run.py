"""Measurements, each beside its peer in the same run, medians of several. Run by `make bench`."""

from __future__ import annotations

import gzip
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "target"
ROUNDS = 15

BARE = "pass"
IMPORTED = "import tiro"
CLIENT = "import tiro; tiro.Client()"
ASYNC_CLIENT = "import tiro; tiro.AsyncClient()"
ASYNCIO = "import asyncio"


def start(code: str) -> tuple[float, float]:
    """Wall time in ms and peak memory in MB of a Python process that runs `code`."""
    script = (
        "import os, sys, time\n"
        "begin = time.perf_counter()\n"
        "child = os.posix_spawn(sys.executable, [sys.executable, '-c', sys.argv[1]], os.environ)\n"
        "_, status, usage = os.wait4(child, 0)\n"
        "print((time.perf_counter() - begin) * 1000, usage.ru_maxrss / 1024, status)\n"
    )
    result = subprocess.run([sys.executable, "-c", script, code], capture_output=True, text=True, check=True)
    milliseconds, megabytes, status = result.stdout.split()
    if status != "0":
        raise SystemExit(f"{code!r} failed")
    return float(milliseconds), float(megabytes)


def python_start() -> None:
    cases = {
        "bare Python": BARE,
        "import tiro": IMPORTED,
        "import, Client()": CLIENT,
        "import asyncio": ASYNCIO,
        "import, AsyncClient()": ASYNC_CLIENT,
    }
    for code in cases.values():
        start(code)  # byte code is written, pages are warm
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(ROUNDS):  # interleaved, so that a slow moment hits all alike
        for name, code in cases.items():
            samples[name].append(start(code))
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in samples.items()}
    base = medians["bare Python"]
    print(f"\n== Python: process start, median of {ROUNDS}, byte code cached")
    for name, (milliseconds, megabytes) in medians.items():
        above = f"  above bare {milliseconds - base[0]:+6.1f} ms {megabytes - base[1]:+6.1f} MB"
        print(f"{name:24}{milliseconds:7.1f} ms {megabytes:7.1f} MB{above if name != 'bare Python' else ''}")


def c_calls() -> None:
    print("\n== C: what a call costs, median of 9 rounds")
    sys.stdout.flush()
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "cost"
        library = TARGET / "release"
        flags = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", f"-I{ROOT / 'include'}", f"-L{library}"]
        subprocess.run(
            [
                "cc",
                *flags,
                str(ROOT / "benches/cost.c"),
                "-ltiro",
                "-lpthread",
                f"-Wl,-rpath,{library}",
                "-o",
                str(program),
            ],
            check=True,
        )
        subprocess.run([str(program)], check=True)


def size(path: pathlib.Path) -> str:
    with tempfile.TemporaryDirectory() as folder:
        stripped = pathlib.Path(folder) / path.name
        shutil.copy(path, stripped)
        if path.suffix != ".whl":
            subprocess.run(["strip", "--strip-unneeded", str(stripped)], check=True)
        data = stripped.read_bytes()
    return f"{len(data) / 1e6:7.2f} MB, gzip {len(gzip.compress(data)) / 1e6:6.2f} MB"


def sizes() -> None:
    print("\n== Sizes, stripped")
    without = TARGET / "without-local"
    subprocess.run(
        ["cargo", "build", "-q", "--release", "--locked", "--no-default-features", "--features", "capi"],
        cwd=ROOT,
        check=True,
        env={**os.environ, "CARGO_TARGET_DIR": str(without)},
    )
    for label, folder in (("with local", TARGET), ("without local", without)):
        for name in ("libtiro.so", "libtiro.a"):
            print(f"{name:12} {label:14}{size(folder / 'release' / name)}")
    for wheel in sorted((ROOT / "python/dist").glob("*.whl")):
        print(f"wheel        with local    {wheel.stat().st_size / 1e6:7.2f} MB  {wheel.name}")


def transcripts() -> None:
    sys.stdout.flush()
    subprocess.run(
        [sys.executable, str(ROOT / "benches/transcript/run.py"), str(TARGET / "release")], check=True
    )


def uploads() -> None:
    sys.stdout.flush()
    sandbox = ["cargo", "build", "-q", "--release", "--locked", "-p", "tiro-sandbox", "--no-default-features"]
    folder = TARGET / "sandbox"
    subprocess.run(sandbox, cwd=ROOT, check=True, env={**os.environ, "CARGO_TARGET_DIR": str(folder)})
    subprocess.run(
        [sys.executable, str(ROOT / "benches/upload/run.py"), str(TARGET / "release")],
        check=True,
        env={**os.environ, "TIRO_SANDBOX": str(folder / "release/tiro-sandbox")},
    )


if __name__ == "__main__":
    python_start()
    c_calls()
    transcripts()
    uploads()
    sizes()
