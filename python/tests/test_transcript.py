"""What a transcript does: files, changes, search, documents read, copies."""

from __future__ import annotations

import copy
import gc
import io
import json
import os
import pickle
import threading
from pathlib import Path
from typing import Any

import pytest

import tiro
from tiro import _tiro

CANONICAL = {
    "format": "tiro.transcript",
    "version": 1,
    "recording_id": "r1",
    "language": "de",
    "duration_ms": 2000,
    "segments": [
        {
            "speaker": "A",
            "words": [
                {"text": "Das", "start_ms": 0, "end_ms": 300, "confidence": 0.9},
                {"text": "Café,", "start_ms": 300, "end_ms": 700, "format": {"bold": True, "class": "x"}},
                {"text": "<b>", "start_ms": 700, "end_ms": 900, "estimated": True},
            ],
            "paragraphs": [{"words": 2, "align": "center", "list": "bullet", "other": {"deep": [1]}}],
        },
        {"speaker": "B", "words": [{"text": "das", "start_ms": 1000, "end_ms": 1500}]},
    ],
}


@pytest.fixture
def transcript() -> tiro.Transcript:
    return tiro.Transcript.from_json(json.dumps(CANONICAL))


def texts(transcript: tiro.Transcript) -> list[str]:
    return [word.text for word in transcript.words]


def test_the_formats_are_those_of_the_table() -> None:
    from typing import get_args

    from tiro.typing import ExportFormat

    table = _tiro.export_formats()
    typed = [name for one in get_args(ExportFormat) for name in get_args(one)]
    assert typed == [name for name, *_ in table]
    assert all(doc and "/" in media_type for _, _, media_type, doc in table)


def test_every_suffix_means_its_format(transcript: tiro.Transcript, tmp_path: Path) -> None:
    for name, suffixes, _, _ in _tiro.export_formats():
        expected = transcript.export(name)  # type: ignore[arg-type]
        for suffix in suffixes:
            path = transcript.save(tmp_path / f"talk.{suffix.upper()}")
            assert path == tmp_path / f"talk.{suffix.upper()}" and path.read_bytes() == expected
    assert transcript.save(str(tmp_path / "labels"), format="labels").read_text() != ""
    assert transcript.export("pdf").startswith(b"%PDF-") and transcript.export("docx").startswith(b"PK")


def test_a_file_is_whole_or_as_it_was(transcript: tiro.Transcript, tmp_path: Path) -> None:
    path = tmp_path / "talk.srt"
    path.write_text("before")
    for options in ({"subtitle_lines": 0}, {"nonsense": 1}, {"threads": 1}, {"subtitle_words": "all"}):
        with pytest.raises(tiro.OptionError):
            transcript.save(path, **options)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="subtitle_lines takes"):
        transcript.save(path, subtitle_lines=1.5)  # type: ignore[arg-type]
    assert path.read_text() == "before" and os.listdir(tmp_path) == ["talk.srt"]
    assert transcript.save(path, subtitle_lines=None).read_text() == transcript.to_srt()
    assert os.listdir(tmp_path) == ["talk.srt"]


def test_a_file_that_cannot_be(transcript: tiro.Transcript, tmp_path: Path) -> None:
    with pytest.raises(tiro.UsageError, match="means no export format") as failure:
        transcript.save(tmp_path / "talk.xyz")
    assert "srt" in (failure.value.hint or "")
    with pytest.raises(tiro.UsageError, match="no export format"):
        transcript.export("xyz")  # type: ignore[arg-type]
    with pytest.raises(tiro.Error) as missing:
        transcript.save(tmp_path / "missing" / "talk.srt")
    assert missing.value.name == "TIRO_E_FILE_NOT_FOUND"
    (tmp_path / "folder.srt").mkdir()
    with pytest.raises(tiro.Error) as folder:
        transcript.save(tmp_path / "folder.srt")
    assert folder.value.name == "TIRO_E_NOT_A_FILE"
    assert os.listdir(tmp_path) == ["folder.srt"]


class Few:
    """A writer that takes three bytes at once."""

    def __init__(self) -> None:
        self.taken = b""

    def write(self, data: bytes) -> int:
        self.taken += data[:3]
        return len(data[:3])


class Broken:
    """A writer that fails after some pieces."""

    def write(self, data: bytes) -> int:
        raise ZeroDivisionError("the writer's own")


def test_writers(transcript: tiro.Transcript, tmp_path: Path) -> None:
    few = Few()
    transcript.export_to("srt", few)
    assert few.taken == transcript.export("srt")
    pieces: list[bytes] = []

    class Silent:
        def write(self, data: bytes) -> None:
            pieces.append(data)

    long = tiro.Transcript.from_words([("word", 100 * n, 100 * n + 90) for n in range(50_000)])
    long.export_to("csv", Silent(), export_rows="words")
    assert b"".join(pieces) == long.export("csv", export_rows="words") and len(pieces) > 5
    with (tmp_path / "talk.vtt").open("wb", buffering=0) as file:
        transcript.export_to("vtt", file)
    assert (tmp_path / "talk.vtt").read_text() == transcript.to_vtt()
    with pytest.raises(ZeroDivisionError, match="the writer's own"):
        transcript.export_to("srt", Broken())
    with pytest.raises(AttributeError):
        transcript.export_to("srt", object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        transcript.export_to("srt", io.StringIO())  # type: ignore[arg-type]


@pytest.mark.skipif(os.name != "posix", reason="only here a pipe need not wait")
def test_a_raw_writer_that_does_not_wait() -> None:
    long = tiro.Transcript.from_words([("word", 100 * n, 100 * n + 90) for n in range(50_000)])
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    with open(read_end, "rb"), open(write_end, "wb", buffering=0) as full, pytest.raises(BlockingIOError):
        long.export_to("csv", full, export_rows="words")


@pytest.mark.parametrize("count", [0, -1, 10**30, "x"])
def test_a_writer_that_miscounts(transcript: tiro.Transcript, count: object) -> None:
    class Miscounting:
        def write(self, data: bytes) -> object:
            return count

    with pytest.raises((tiro.Error, OverflowError, TypeError)):
        transcript.export_to("srt", Miscounting())


def test_find(transcript: tiro.Transcript) -> None:
    first, second = transcript.find("DAS")
    assert (first.first_word, first.word_count, first.segment, first.start_ms, first.end_ms) == (
        0,
        1,
        0,
        0,
        300,
    )
    assert (second.first_word, second.segment, second.start_ms) == (3, 1, 1000)
    [phrase] = transcript.find("das cafe")
    assert (phrase.word_count, phrase.end_ms) == (2, 700)
    assert [word.text for word in phrase.words] == ["Das", "Café,"]
    assert phrase == transcript.find("Das, Café!")[0] and phrase != first
    assert hash(phrase) == hash(transcript.find("das cafe")[0])
    assert repr(phrase) == "<tiro.Match: first_word=0, word_count=2, start_ms=0, end_ms=700>"
    assert transcript.find("") == [] == transcript.find("!?") == transcript.find("caf")


def test_changes_leave_the_old_one_as_it_is(transcript: tiro.Transcript) -> None:
    before = transcript.to_json()
    renamed = transcript.rename_speakers({"A": "Ada", "nobody": "x"})
    assert renamed.speakers == ("Ada", "B") and transcript.speakers == ("A", "B")
    merged = renamed.rename_speakers({"Ada": "B"})
    assert (len(merged.segments), len(merged.merge_segments().segments)) == (2, 1)
    assert transcript.shift(500).words[0].start_ms == 500
    assert transcript.shift(-500).words[0].start_ms == -500
    assert texts(transcript.cut(300, 1000)) == ["Café,", "<b>"]
    assert texts(transcript.cut(start_ms=1000)) == ["das"] and texts(transcript.cut(end_ms=1)) == ["Das"]
    assert transcript.cut() == transcript and texts(transcript.cut(5, 1)) == []
    with pytest.raises(TypeError):
        transcript.rename_speakers({"A": 1})  # type: ignore[dict-item]
    with pytest.raises(OverflowError):
        transcript.shift(1 << 63)
    assert transcript.to_json() == before


def test_join(transcript: tiro.Transcript) -> None:
    joined = tiro.Transcript.join(part for part in (transcript, transcript, transcript))
    assert [word.start_ms for word in joined.words][::4] == [0, 2000, 4000]
    assert (joined.duration_ms, joined.language, joined.raw) == (6000, "de", "")
    for gaps, starts in ((100, [0, 2100, 4200]), ([100, 0], [0, 2100, 4100]), ((100,), [0, 2100, 4100])):
        joined = tiro.Transcript.join([transcript] * 3, gaps_ms=gaps)
        assert [word.start_ms for word in joined.words][::4] == starts
    assert tiro.Transcript.join([]).text == ""
    with pytest.raises(TypeError):
        tiro.Transcript.join([transcript, "x"])  # type: ignore[list-item]


def test_formats_and_paragraphs(transcript: tiro.Transcript) -> None:
    plain, bold, last, _ = transcript.words
    assert (plain.format, bold.format) == ({}, {"bold": True, "class": "x"})
    assert [word.estimated for word in transcript.words] == [False, False, True, False] and last.estimated
    first, second, third = transcript.paragraphs
    assert (first.text, first.marked, first.align, first.list) == ("Das Café,", True, "center", "bullet")
    assert (first.blockquote, first.indent, first.other) == (False, 0, {"deep": "[1]"})
    assert (second.marked, second.align, second.list, second.segment) == (False, "left", "", 0)
    assert third.segment == 1 and [word.text for word in third.words] == ["das"]
    assert list(transcript.segments[0].paragraphs) == [first, second] == list(transcript.paragraphs[:2])
    assert first != second and hash(first) == hash(transcript.paragraphs[0])
    assert repr(first) == "<tiro.Paragraph: segment=0, 2 words>"
    assert repr(transcript.paragraphs) == "<tiro.Paragraphs: 3>"


def test_equality_and_copies(transcript: tiro.Transcript) -> None:
    again = tiro.Transcript.from_json("\n" + json.dumps(CANONICAL))
    assert again == transcript and hash(again) == hash(transcript)
    assert transcript != transcript.shift(1) and transcript != "x"
    assert copy.copy(transcript) is transcript and copy.deepcopy(transcript) is transcript
    with_raw = tiro.Transcript.from_gospeech(
        '{"segments": [{"words": [{"insert": "Hi"}, {"insert": "\\n"}]}]}'
    )
    without_raw = tiro.Transcript.join([transcript])
    assert with_raw.raw and not without_raw.raw and with_raw.paragraphs[0].marked
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        for whole in (transcript, with_raw, without_raw):
            back = pickle.loads(pickle.dumps(whole, protocol))
            assert (back, back.raw, back.to_json()) == (whole, whole.raw, whole.to_json())


def test_from_words(transcript: tiro.Transcript) -> None:
    words: list[Any] = [("Hello", 0, 400), ("there.", 400, 900, 0.5), ("x", 900, 950, None)]
    made = tiro.Transcript.from_words(
        iter(words), speaker="A", language="en", recording_id="r", duration_ms=1000
    )
    assert (made.text, made.language, made.recording_id, made.duration_ms) == (
        "Hello there. x",
        "en",
        "r",
        1000,
    )
    assert [word.confidence for word in made.words] == [None, 0.5, None] and made.speakers == ("A",)
    copied = tiro.Transcript.from_words(transcript.words[1:3])
    assert copied.words[0].format == {"bold": True, "class": "x"} and copied.words[1].estimated
    assert tiro.Transcript.from_words([]).text == ""
    for bad in (["ab"], [("a", 1)], [("a", 1, 2, "x")], [None], 5, [("a", 1.5, 2)]):
        with pytest.raises(TypeError):
            tiro.Transcript.from_words(bad)  # type: ignore[arg-type]
    for confidence in (1.5, -0.1, float("nan"), float("inf")):
        with pytest.raises(tiro.UsageError, match="confidence"):
            tiro.Transcript.from_words([("a", 1, 2, confidence)])


def test_documents_of_services() -> None:
    delta = {"segments": [{"speaker": "A", "words": [{"insert": "Hi"}, {"insert": "there"}]}]}
    for document in (json.dumps(delta), json.dumps(delta).encode(), bytearray(json.dumps(delta).encode())):
        gospeech = tiro.Transcript.from_gospeech(document)
        assert gospeech.text == "Hi there" and gospeech.raw == json.dumps(delta)
    assert tiro.Transcript.from_gospeech(json.dumps(delta), spacing="as_given").text == "Hithere"
    with pytest.raises(tiro.UsageError, match="spacing"):
        tiro.Transcript.from_gospeech("{}", spacing="x")  # type: ignore[arg-type]
    other = {"utterances": [{"speaker": "S1", "text": "Hi there", "start": 1.5, "end": 2}]}
    transcribeme = tiro.Transcript.from_transcribeme(json.dumps(other))
    assert (transcribeme.text, transcribeme.words[0].start_ms, transcribeme.speakers) == (
        "Hi there",
        1500,
        ("S1",),
    )


@pytest.mark.parametrize("reader", ["from_json", "from_gospeech", "from_transcribeme"])
def test_documents_that_are_none(reader: str) -> None:
    read = getattr(tiro.Transcript, reader)
    for bad, name in (("{", "DOCUMENT"), (b"\xff", "UTF8"), ("\ud800", "UTF8"), ("", "DOCUMENT")):
        with pytest.raises(tiro.Error) as failure:
            read(bad)
        assert failure.value.name == f"TIRO_E_{name}"
    for wrong in (None, 5, ["x"]):
        with pytest.raises(TypeError):
            read(wrong)


def test_a_notebook_is_shown_text_not_markup(transcript: tiro.Transcript) -> None:
    html = transcript._repr_html_()
    assert "&lt;b&gt;" in html and "<b>" not in html and "0:00:01" in html
    assert "more segments" not in html
    hostile = tiro.Transcript.from_words(
        [("\"'&\0\n<script>" + "x" * 10_000, -5000, 10**15)], speaker="<i>" * 50, language="<u>"
    )
    html = hostile._repr_html_()
    assert len(html) < 2000 and "…" in html and "\0" not in html
    assert "<script>" not in html and "<i>" not in html and "<u>" not in html
    many = tiro.Transcript.join([transcript] * 10)
    assert "… 8 more segments" in many._repr_html_() and len(many._repr_html_()) < 5000


def test_other_threads_run_meanwhile() -> None:
    long = tiro.Transcript.from_words([("word", 100 * n, 100 * n + 90) for n in range(200_000)])
    expected, found = long.to_srt(), []
    threads = [threading.Thread(target=lambda: found.append(long.to_srt())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_parts_outlive_their_transcript() -> None:
    transcript = tiro.Transcript.from_json(json.dumps(CANONICAL))
    word, [match, _], paragraph = transcript.words[1], transcript.find("das"), transcript.paragraphs[0]
    del transcript
    gc.collect()
    assert (word.text, match.words[0].text, paragraph.text) == ("Café,", "Das", "Das Café,")
