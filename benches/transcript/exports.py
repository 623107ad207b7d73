"""Exports and readers of a long transcript beside those of others, in processor milliseconds, and what memory they take.

The others are given cues that are laid out already; ours lays them out from the words. Prints JSON.
"""

from __future__ import annotations

import csv
import ctypes
import gc
import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import orjson
import pysubs2
import srt
import tiro

ROUNDS = 3


def time_of(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.thread_time()
        call()
        times.append((time.thread_time() - start) * 1000)
    return statistics.median(times)


def megabytes(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def memory_of(call: Callable[[], object]) -> float:
    """In a forked child, whose free memory is given back first, so that nothing comes out of what others left."""
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
        before = megabytes("VmRSS")
        call()
        os.write(write, str(megabytes("VmHWM") - before).encode())
        os._exit(0)
    os.close(write)
    with open(read, encoding="ascii") as result:
        peak = float(result.read())
    os.waitpid(child, 0)
    return peak


def main(path: Path) -> dict:
    transcript = tiro.Transcript.from_json(path.read_bytes())
    subtitles = {name: transcript.export(name).decode() for name in ("srt", "vtt")}
    events = {name: pysubs2.SSAFile.from_string(text, format_=name) for name, text in subtitles.items()}
    cues = list(srt.parse(subtitles["srt"]))
    assert len(cues) == len(events["srt"])
    words = [
        {"text": w.text, "start_ms": w.start_ms, "end_ms": w.end_ms, "confidence": w.confidence}
        for w in transcript.words
    ]

    def rows() -> str:
        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerows(word.values() for word in words)
        return out.getvalue()

    others: dict[str, dict[str, Callable[[], object]]] = {
        "srt": {
            "pysubs2": lambda: events["srt"].to_string("srt"),
            "srt": lambda: srt.compose(cues),
        },
        "vtt": {"pysubs2": lambda: events["vtt"].to_string("vtt")},
        "csv": {"csv": rows},
        "json": {"json": lambda: json.dumps(words), "orjson": lambda: orjson.dumps(words)},
        "read srt": {
            "pysubs2": lambda: pysubs2.SSAFile.from_string(subtitles["srt"], format_="srt"),
            "srt": lambda: list(srt.parse(subtitles["srt"])),
        },
        "read vtt": {"pysubs2": lambda: pysubs2.SSAFile.from_string(subtitles["vtt"], format_="vtt")},
    }
    options = {"csv": {"export_rows": "words"}}
    results = {}
    formats = ["txt", "md", "srt", "vtt", "ttml", "csv", "tsv", "json", "labels", "docx", "pdf"]
    for name in [*formats, "read srt", "read vtt"]:
        readers = {"read srt": tiro.Transcript.from_srt, "read vtt": tiro.Transcript.from_vtt}
        if name in readers:
            reader, text = readers[name], subtitles[name.removeprefix("read ")]
            ours: Callable[[], object] = lambda reader=reader, text=text: reader(text)
            size = len(text)
        else:
            ours = lambda name=name: transcript.export(name, **options.get(name, {}))
            size = len(ours())
        measured = {"tiro": ours, **others.get(name, {})}
        results[name] = {
            "bytes": size,
            "ms": {who: time_of(call) for who, call in measured.items()},
            "peak": {who: memory_of(call) for who, call in measured.items()},
        }
    return {"cues": len(cues), "formats": results}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
