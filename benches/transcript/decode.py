"""One way to get typed words out of a document: how long it takes, or how much memory. A process of its own each time.

Prints JSON: `times`, processor milliseconds of each round, or `peak` and `kept`, megabytes above what was there before.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 7

#: What each way needs, to be there before memory is measured.
MODULES = {"json": ["json"], "orjson": ["orjson"], "tiro": ["tiro"], "arrow": ["tiro", "pyarrow.compute"]}


@dataclasses.dataclass(slots=True)
class Word:
    text: str
    start_ms: int
    end_ms: int
    confidence: float | None
    speaker: str


def gospeech(document: dict) -> list[Word]:
    words = []
    for segment in document["segments"]:
        speaker = segment["speaker"]
        for insert in segment["words"]:
            if (times := insert["attributes"].get("timestamp")) is not None:
                words.append(Word(insert["insert"], times["start"], times["end"], None, speaker))
    return words


def transcribeme(document: dict) -> list[Word]:
    return [
        Word(w["text"], round(w["start"] * 1000), round(w["end"] * 1000), w["confidence"], segment["speaker"])
        for segment in document["utterances"]
        for w in segment["words"]
    ]


def canonical(document: dict) -> list[Word]:
    return [
        Word(w["text"], w["start_ms"], w["end_ms"], w["confidence"], segment["speaker"])
        for segment in document["segments"]
        for w in segment["words"]
    ]


TYPED = {
    "gospeech": gospeech,
    "gospeech_edited": gospeech,
    "transcribeme": transcribeme,
    "canonical": canonical,
}


def read_all(words) -> int:
    sum_ms = letters = 0
    for word in words:
        sum_ms += word.end_ms - word.start_ms
        letters += len(word.text)
    return sum_ms + letters


def ours(kind: str) -> Callable:
    import tiro

    names = {"canonical": "from_json", "transcribeme": "from_transcribeme"}
    return getattr(tiro.Transcript, names.get(kind, "from_gospeech"))


def table(words):
    import pyarrow
    from pyarrow import compute

    table = pyarrow.table(words)
    total = compute.sum(table["end_ms"]).as_py() - compute.sum(table["start_ms"]).as_py()
    total += compute.sum(compute.utf8_length(table["text"])).as_py()
    return table, total


def way(kind: str, name: str) -> Callable[[bytes], tuple[object, int]]:
    """Gives what is kept, and a number that comes of every word."""
    typed = TYPED[kind]

    def with_json(document: bytes):
        words = typed(json.loads(document))
        return words, read_all(words)

    def with_orjson(document: bytes):
        import orjson

        words = typed(orjson.loads(document))
        return words, read_all(words)

    def with_tiro(document: bytes):
        transcript = ours(kind)(document)
        return transcript, read_all(transcript.words)

    def with_arrow(document: bytes):
        transcript = ours(kind)(document)
        return table(transcript.words)

    return {"json": with_json, "orjson": with_orjson, "tiro": with_tiro, "arrow": with_arrow}[name]


def megabytes(field: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


def main(path: Path, name: str, what: str) -> dict:
    document, run = path.read_bytes(), way(path.stem, name)
    if what == "time":
        times, checks = [], set()
        for _ in range(ROUNDS):
            gc.collect()
            start = time.thread_time()
            kept, check = run(document)
            times.append((time.thread_time() - start) * 1000)
            checks.add(check)
            del kept
        return {"times": times, "check": checks.pop()}
    for module in MODULES[name]:
        importlib.import_module(module)
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = megabytes("VmRSS")
    kept, _ = run(document)
    gc.collect()
    return {
        "peak": megabytes("VmHWM") - before,
        "kept": megabytes("VmRSS") - before,
        "of": type(kept).__name__,
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))
