"""WebVTT in the parser that a browser has for its <track>: the same cues, times and text as our own reader's.

Run with folders that have a cases.json. A page on loopback loads every WebVTT file of their cases into a <track>.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("support", "conformance")]

from browser import chromium, served
from other_readers import Cue, expected_cues, one_line

PAGE = "<!doctype html><meta charset=utf-8><title>Subtitles</title><video></video>"

# The fragment that a browser draws: without tags and escapes. A <track> reads its file once it is shown or hidden.
CUES = """file => new Promise(resolve => {
  const track = document.createElement("track");
  track.addEventListener("load", () => {
    const cues = Array.from(track.track.cues, cue => ({
      start: cue.startTime, end: cue.endTime, text: cue.getCueAsHTML().textContent,
      voices: Array.from(cue.getCueAsHTML().querySelectorAll("span[title]"), voice => voice.title),
    }));
    track.remove();
    resolve(cues);
  });
  track.addEventListener("error", () => resolve(null));
  track.src = file;
  document.querySelector("video").append(track);
  track.track.mode = "hidden";
})"""


def seen(cues: list[dict]) -> list[tuple[Cue, list[str]]]:
    """Each cue with its voices."""
    return [
        ((round(cue["start"] * 1000), round(cue["end"] * 1000), one_line(cue["text"])), cue["voices"])
        for cue in cues
    ]


def expected(path: Path) -> list[tuple[Cue, list[str]]]:
    speakers = [segment["speaker"] for segment in json.loads(path.read_text("utf-8"))["segments"]]
    return [(cue, [speaker] if speaker else []) for cue, speaker in zip(expected_cues(path), speakers)]


def main(folders: list[Path]) -> int:
    files = cues = differences = 0
    with tempfile.TemporaryDirectory() as root, served(Path(root)) as address, chromium() as browser:
        print(f"Chromium {browser.version}")
        Path(root, "page.html").write_text(PAGE, "utf-8")
        page = browser.new_page()
        page.goto(f"{address}/page.html")
        for folder in folders:
            for case in json.loads((folder / "cases.json").read_text("utf-8"))["exports"]:
                if case["format"] != "vtt":
                    continue
                shutil.copy(folder / case["expected"], Path(root, "subtitles.vtt"))
                files += 1
                wanted = expected(folder / case["cues"])
                taken = page.evaluate(CUES, f"subtitles.vtt?{files}")
                if taken is None:
                    differences += 1
                    print(f"{case['name']}: refused")
                    continue
                found = seen(taken)
                cues += len(found)
                if found != wanted:
                    differences += 1
                    pairs = zip(wanted + [None] * len(found), found + [None] * len(wanted))
                    number, pair = next((n, pair) for n, pair in enumerate(pairs) if pair[0] != pair[1])
                    print(f"{case['name']}, cue {number}: {pair[1]!r:.300} instead of {pair[0]!r:.300}")
    print(f"{files} files, {cues} cues, {differences} files differ")
    return min(differences, 1) if cues else 1


if __name__ == "__main__":
    sys.exit(main([Path(folder) for folder in sys.argv[1:]]))
