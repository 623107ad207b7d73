"""Transcripts, recordings and pages as Python's own: sequences, equality, and a repr that tells nothing private."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from conftest import script

import tiro

WORDS = [
    {"text": "Guten", "start_ms": 0, "end_ms": 300, "confidence": 0.9, "speaker": "A"},
    {"text": "Tag.", "start_ms": 300, "end_ms": 700, "confidence": None, "speaker": "A"},
    {"text": "Ĝis!", "start_ms": 1000, "end_ms": 1500, "confidence": 1.0, "speaker": "B"},
]


@pytest.fixture
def transcript() -> tiro.Transcript:
    with tiro.Client("scripted", script=script(transcript={"language": "de", "words": WORDS})) as client:
        return client.transcribe(b"x")


def test_a_transcript(transcript: tiro.Transcript) -> None:
    assert transcript.text == "Guten Tag.\nĜis!"
    assert (transcript.language, transcript.duration_ms, transcript.raw) == ("de", 1500, "")
    assert transcript.recording_id == "scripted-1"
    shown = repr(transcript)
    assert shown == "<tiro.Transcript: 3 words, 2 segments, language='de', duration_ms=1500>"
    assert repr(transcript.words) == "<tiro.Words: 3>" and repr(transcript.segments) == "<tiro.Segments: 2>"


def test_words(transcript: tiro.Transcript) -> None:
    words = transcript.words
    assert len(words) == 3
    assert [word.text for word in words] == ["Guten", "Tag.", "Ĝis!"]
    assert (words[0].start_ms, words[0].end_ms, words[0].confidence, words[0].segment) == (0, 300, 0.9, 0)
    assert words[1].confidence is None and words[-1].segment == 1
    assert repr(words[0]) == "Word(text='Guten', start_ms=0, end_ms=300, confidence=0.9, segment=0)"
    assert "confidence=None" in repr(words[1]) and "confidence=1.0" in repr(words[2])
    for index in (3, -4):
        with pytest.raises(IndexError):
            words[index]
    with pytest.raises(TypeError):
        words["0"]  # type: ignore[call-overload]
    match words[0]:
        case tiro.Word("Guten", start):
            assert start == 0
        case _:
            pytest.fail("it does not match")


@pytest.mark.parametrize("step", [None, 1, 2, -1, -2, 5])
@pytest.mark.parametrize("stop", [None, 0, 1, 3, 9, -1])
@pytest.mark.parametrize("start", [None, 0, 1, 2, 9, -2])
def test_slices_are_those_of_a_list(
    transcript: tiro.Transcript, start: int | None, stop: int | None, step: int | None
) -> None:
    words, part = list(transcript.words), slice(start, stop, step)
    sliced = transcript.words[part]
    assert isinstance(sliced, tiro.Words) and list(sliced) == words[part]
    assert list(reversed(sliced)) == words[part][::-1]
    assert list(sliced[::-1]) == words[part][::-1]
    assert list(sliced[1:]) == words[part][1:]


def test_words_are_values(transcript: tiro.Transcript) -> None:
    words = transcript.words
    assert words[0] == words[0] and words[0] != words[1] and words[0] != "Guten"
    assert len({*words, *words}) == 3 and hash(words[0]) == hash(words[0])
    assert words == transcript.words and words != words[1:]
    assert words[1] in words and "Tag." not in words
    assert (words.index(words[1]), words.count(words[1]), words.count("x")) == (1, 1, 0)
    with pytest.raises(ValueError, match="not in the sequence"):
        words.index(words[0], 1)
    with pytest.raises(AttributeError):
        words[0].text = "x"  # type: ignore[misc]


def test_segments(transcript: tiro.Transcript) -> None:
    first, second = transcript.segments
    assert isinstance(transcript.paragraphs, Sequence)
    assert (first.speaker, first.start_ms, first.end_ms, first.text) == ("A", 0, 700, "Guten Tag.")
    assert [word.text for word in second.words] == ["Ĝis!"] and first != second
    assert second.words[0] == transcript.words[2]
    assert repr(first) == "<tiro.Segment: speaker='A', start_ms=0, end_ms=700, 2 words>"


def test_an_empty_transcript() -> None:
    with tiro.Client("scripted", script=script(transcript={"language": "en", "words": []})) as client:
        transcript = client.transcribe(b"x")
    assert (transcript.text, len(transcript.words), len(transcript.segments)) == ("", 0, 0)
    assert transcript.duration_ms is None and list(transcript.words[::-1]) == []


def test_recordings(client: tiro.Client) -> None:
    for number in range(5):
        client.upload(b"x" * number, name=f"talk {number}.wav")
    page = client.recordings()
    assert (len(page), page.total) == (5, 5)
    assert repr(page) == "<tiro.Page: 5 of 5 recordings>"
    newest = page[0]
    assert (newest.id, newest.name, newest.status, newest.raw_status) == (
        "scripted-5",
        "talk 4.wav",
        "ready",
        "ready",
    )
    assert (newest.failure, newest.duration_ms, newest.size) == ("", 900, 4)
    assert newest.created_at_ms > 1_700_000_000_000
    assert newest == client.recording("scripted-5") == client.wait("scripted-5")
    assert "scripted-5" in repr(newest) and "talk 4.wav" in repr(newest)
    part = client.recordings(1, 2)
    assert [recording.id for recording in part] == ["scripted-4", "scripted-3"] and part.total == 5
    assert client.transcript("scripted-5").text == "Hello world."
    client.delete("scripted-5")
    with pytest.raises(tiro.NotFoundError):
        client.recording("scripted-5")


def test_an_unknown_status_is_not_final() -> None:
    odd = script(statuses=[{"status": "unknown", "raw": "napping"}, {"status": "ready", "after_ms": 50}])
    with tiro.Client("scripted", script=odd) as client:
        recording = client.upload(b"x")
        assert (recording.status, recording.raw_status) == ("unknown", "napping")
        assert client.wait(recording.id).status == "ready"


@pytest.mark.parametrize("bad", ["", "x" * 2000, "a\nb"])
def test_an_id_that_cannot_be_one(client: tiro.Client, bad: str) -> None:
    with pytest.raises(tiro.UsageError):
        client.recording(bad)


def test_an_empty_page_cannot_be_asked_for(client: tiro.Client) -> None:
    with pytest.raises(tiro.UsageError):
        client.recordings(0, 0)
