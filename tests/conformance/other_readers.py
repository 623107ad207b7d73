"""Subtitles that tiro wrote, read by readers of other makers: the same cues, times and text.

Run with a folder that has a cases.json, or without for this one. Needs pysubs2, srt, webvtt-py and ttconv.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pysubs2
import srt
import ttconv.imsc.reader
import webvtt
from ttconv import model

Cue = tuple[int, int, str]

#: White space that a line may break at, as docs/export.md has it: not the no-break kinds.
SEPARATORS = "[\t\n\v\f\r \x85\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]+"


def one_line(text: str) -> str:
    return re.sub(SEPARATORS, " ", text).strip(" ")


def expected_cues(path: Path) -> list[Cue]:
    def cue(segment: dict) -> Cue:
        words = segment["words"]
        return words[0]["start_ms"], words[-1]["end_ms"], " ".join(word["text"] for word in words)

    return [cue(segment) for segment in json.loads(path.read_text("utf-8"))["segments"]]


def by_pysubs2(path: Path) -> list[Cue]:
    with open(path, encoding="utf-8", newline="\n") as file:
        subtitles = pysubs2.SSAFile.from_string(file.read(), format_=path.suffix[1:], keep_html_tags=True)

    def text(event: pysubs2.SSAEvent) -> str:
        lines = event.text.replace("\\N", "\n")
        return lines if path.suffix == ".srt" else html.unescape(re.sub("<[^>]*>", "", lines))

    return [(event.start, event.end, one_line(text(event))) for event in subtitles]


def by_srt(path: Path) -> list[Cue]:
    def ms(time) -> int:
        return (time.days * 86400 + time.seconds) * 1000 + time.microseconds // 1000

    cues = srt.parse(path.read_bytes().decode("utf-8"))
    return [(ms(cue.start), ms(cue.end), one_line(cue.content)) for cue in cues]


def by_webvtt(path: Path) -> list[Cue]:
    def ms(time) -> int:
        return ((time.hours * 60 + time.minutes) * 60 + time.seconds) * 1000 + time.milliseconds

    cues = webvtt.from_string(path.read_bytes().decode("utf-8"))
    return [(ms(cue.start_time), ms(cue.end_time), one_line(html.unescape(cue.text))) for cue in cues]


def by_ttconv(path: Path) -> list[Cue]:
    document = ttconv.imsc.reader.to_model(ElementTree.parse(path))

    def text(element) -> str:
        if isinstance(element, model.Text):
            return element.get_text()
        return "\n" if isinstance(element, model.Br) else "".join(text(child) for child in element)

    def paragraphs(element):
        if isinstance(element, model.P):
            yield element
            return
        for child in element:
            yield from paragraphs(child)

    def cue(paragraph) -> Cue:
        start, end = (int((time or 0) * 1000) for time in (paragraph.get_begin(), paragraph.get_end()))
        return start, end, one_line(text(paragraph))

    return [cue(paragraph) for paragraph in paragraphs(document.get_body())]


def is_within_pysubs2(path: Path, cues: list[Cue]) -> bool:
    """Its limits: two digits of hours, any line with two times is one of a cue's, a number that ends a cue is the next
    one's index (where that has none, as in WebVTT and at the very end), and ``\\N`` is a line break in WebVTT, too."""
    text = path.read_text("utf-8")
    lines = [line for line in text.split("\n") if "-->" not in line]
    has_times = any(
        len(pysubs2.time.TIMESTAMP.findall(line) + pysubs2.time.TIMESTAMP_SHORT.findall(line)) > 1
        for line in lines
    )
    cue_ends = r"(\n\n|$)" if path.suffix == ".vtt" else "$"
    ends_in_number = bool(re.search(rf"\n\s*\d+\s*{cue_ends}", text.rstrip()))
    is_early = all(end < 100 * 3_600_000 for _, end, _ in cues)
    return is_early and not has_times and not ends_in_number and not ("\\N" in text and path.suffix == ".vtt")


READERS = {"srt": [by_pysubs2, by_srt], "vtt": [by_webvtt, by_pysubs2], "ttml": [by_ttconv]}


def main(folder: Path) -> int:
    counts: dict[str, int] = {}
    differences = skipped = 0
    for case in json.loads((folder / "cases.json").read_text("utf-8"))["exports"]:
        for reader in READERS.get(case["format"], []):
            expected = expected_cues(folder / case["cues"])
            if reader is by_pysubs2 and not is_within_pysubs2(folder / case["expected"], expected):
                skipped += 1
                continue
            found = reader(folder / case["expected"])
            counts[reader.__name__] = counts.get(reader.__name__, 0) + len(found)
            if len(expected) != len(found):
                print(f"{case['name']}, {reader.__name__}: {len(found)} cues instead of {len(expected)}")
                differences += 1
                continue
            for number, (wanted, got) in enumerate(zip(expected, found)):
                if wanted != got:
                    print(
                        f"{case['name']}, {reader.__name__}, cue {number}: {got!r:.300} instead of {wanted!r:.300}"
                    )
                    differences += 1
                    break
    read = ", ".join(f"{name} {count}" for name, count in counts.items())
    print(f"cues read: {read}; {skipped} files are beyond pysubs2")
    return min(differences, 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent))
