"""Transcripts of 10 hours and 100,000 words: from a service's document to words, and to files. Medians, processor time.

python benches/transcript/run.py LIBRARY_FOLDER    (tiro, orjson, pyarrow, pysubs2 and srt have to be installed)
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import documents

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PASSES = 3
WAYS = ("json", "orjson", "tiro", "arrow")


def python(script: str, *arguments: object) -> dict:
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def built(folder: Path, library: Path) -> Path:
    program = folder / "walk"
    flags = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", "-O2", f"-I{ROOT / 'include'}", f"-L{library}"]
    link = ["-ltiro", f"-Wl,-rpath,{library}", "-o", str(program)]
    subprocess.run(["cc", *flags, str(HERE / "walk.c"), *link], check=True)
    return program


def decoding(folder: Path, library: Path) -> None:
    program = built(folder, library)
    print(f"\n== Transcript: {documents.WORDS:,} words of a document, and each of them read; processor time")
    for kind in documents.KINDS:
        path = folder / f"{kind}.json"
        samples: dict[str, list[float]] = {way: [] for way in WAYS}
        in_c: dict[str, list[float]] = {"decode": [], "array": [], "arrow": []}
        checks = set()
        for _ in range(PASSES):  # in turn, so that a slow moment hits all alike
            for way in WAYS:
                measured = python("decode.py", path, way, "time")
                samples[way] += measured["times"]
                checks.add(measured["check"])
            walked = json.loads(subprocess.run([program, kind, path], capture_output=True, check=True).stdout)
            checks.add(walked["check"])
            for name, times in in_c.items():
                times.append(walked[name])
        assert len(checks) == 1, f"they do not read the same: {checks}"
        show(kind, path, samples, in_c, walked)


def show(kind: str, path: Path, samples: dict, in_c: dict, walked: dict) -> None:
    peer = statistics.median(samples["orjson"])
    slowest = statistics.median(samples["json"])
    memory = {way: python("decode.py", path, way, "memory") for way in WAYS}
    print(f"\n{kind}, {path.stat().st_size / 1e6:.1f} MB")
    print(f"{'':44}{'ms':>8}{'to orjson':>11}{'to json':>9}{'kept MB':>9}{'peak MB':>9}")

    def row(label: str, ms: float, kept: float | None, peak: float | None) -> None:
        sizes = "".join(f"{value:9.1f}" if value is not None else f"{'':9}" for value in (kept, peak))
        print(f"{label:44}{ms:8.1f}{peer / ms:10.1f}x{slowest / ms:8.1f}x{sizes}")

    row("json, dataclasses", slowest, memory["json"]["kept"], memory["json"]["peak"])
    row("orjson, dataclasses", peer, memory["orjson"]["kept"], memory["orjson"]["peak"])
    row("tiro, decode alone", statistics.median(in_c["decode"]), walked["kept"], None)
    row(
        "tiro, C: a walk over the array",
        statistics.median(in_c["array"]),
        walked["with_array"],
        walked["peak"],
    )
    row("tiro, C: Arrow's columns", statistics.median(in_c["arrow"]), walked["kept"], None)
    arrow, words = (statistics.median(samples[way]) for way in ("arrow", "tiro"))
    row("tiro, Python: Arrow, pyarrow's sums", arrow, memory["arrow"]["kept"], memory["arrow"]["peak"])
    row("tiro, Python: text and times of each word", words, memory["tiro"]["kept"], memory["tiro"]["peak"])
    first, second = walked["buffers"]
    same = "the same" if first == second else "NOT THE SAME"
    print(
        f"the array for C: {walked['array_bytes'] / 1e6:.1f} MB; Arrow's start_ms twice: {first}, {second}: {same}"
    )


def exporting(folder: Path) -> None:
    measured = python("exports.py", folder / "canonical.json")
    print(
        f"\n== Transcript: files of {documents.WORDS:,} words, {measured['cues']:,} cues; processor time, peak memory"
    )
    print("The others write cues that are laid out already, csv and JSON of words that are there already.")
    for name, result in measured["formats"].items():
        ours = result["ms"]["tiro"]
        line = (
            f"{name:9}{result['bytes'] / 1e6:6.1f} MB  tiro {ours:7.1f} ms {result['peak']['tiro']:5.1f} MB"
        )
        for who, ms in result["ms"].items():
            if who != "tiro":
                line += f"   {who} {ms:7.1f} ms {result['peak'][who]:5.1f} MB ({ms / ours:.1f}x)"
        print(line)


def main(library: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        documents.write(Path(folder))
        decoding(Path(folder), library)
        exporting(Path(folder))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target" / "release")
