"""What is immutable is copied, pickled and compared by what it says."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from conftest import script

import tiro

WORDS = [
    {"text": "Hello", "start_ms": 0, "end_ms": 400, "confidence": 0.5, "speaker": "A"},
    {"text": "there.", "start_ms": 400, "end_ms": 900, "speaker": "B"},
]


@pytest.fixture
def transcript() -> tiro.Transcript:
    with tiro.Client("scripted", script=script(transcript={"language": "en", "words": WORDS})) as client:
        return client.transcribe(b"x")


def test_a_word_knows_its_speaker(transcript: tiro.Transcript) -> None:
    assert [word.speaker for word in transcript.words] == ["A", "B"]
    assert [match.words[0].speaker for match in transcript.find("there")] == ["B"]
    assert tiro.Transcript.from_words([("x", 0, 1)]).words[0].speaker == ""


def values(transcript: tiro.Transcript) -> list[Any]:
    with tiro.Client("scripted") as client:
        recording = client.upload(b"x", name="talk.wav")
    return [
        transcript.words[1],
        transcript.segments[1],
        transcript.paragraphs[1],
        transcript.find("there")[0],
        recording,
        tiro.Price("5.00 USD"),
        tiro.Price("5"),
    ]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_they_travel(transcript: tiro.Transcript, protocol: int) -> None:
    for value in values(transcript):
        back = pickle.loads(pickle.dumps(value, protocol))
        for twin in (back, copy.copy(value), copy.deepcopy(value)):
            assert type(twin) is type(value) and twin == value and repr(twin) == repr(value)
            assert hash(twin) == hash(value)


def test_a_word_keeps_its_place(transcript: tiro.Transcript) -> None:
    word = pickle.loads(pickle.dumps(transcript.words[1]))
    assert (word.text, word.segment, word.speaker, word.confidence) == ("there.", 1, "B", None)


def test_parts_of_a_transcript_take_it_along_once() -> None:
    long = tiro.Transcript.from_words([("word", 100 * n, 100 * n + 90) for n in range(2000)])
    other = tiro.Transcript.from_words([("other", 0, 90)])
    alone = len(pickle.dumps(long))
    mixed = [part for word in long.words for part in (word, other.words[0])]
    assert len(pickle.dumps(mixed)) < 3 * alone
    assert pickle.loads(pickle.dumps(mixed)) == mixed
    del long, mixed
    fresh = tiro.Transcript.from_words([("fresh", 0, 90)])
    assert pickle.loads(pickle.dumps(fresh.words[0])).text == "fresh"


def test_a_part_that_the_transcript_does_not_have(transcript: tiro.Transcript) -> None:
    for restored in (tiro.Word._restored, tiro.Segment._restored, tiro.Paragraph._restored):  # type: ignore[attr-defined]
        with pytest.raises(IndexError):
            restored(transcript, 2)
    for first, count in ((0, 0), (1, 2), (2**62, 2**62)):
        with pytest.raises(IndexError):
            tiro.Match._restored(transcript, first, count)  # type: ignore[attr-defined]


def test_prices_are_what_they_are_worth() -> None:
    price = tiro.Price("5.00 USD")
    for same in ("5 USD", "USD 5.000", "5.00 usd", "0.5e1 USD"):
        assert price == tiro.Price(same) and hash(price) == hash(tiro.Price(same))
    for other in ("5.01 USD", "5.00 EUR", "5.00"):
        assert price != tiro.Price(other)
    assert str(price) == "5.00 USD", "it is shown as it was written"
    assert (
        price < tiro.Price("5.01 USD")
        and price <= tiro.Price("5 USD")
        and max(price, tiro.Price("6 USD")) > price
    )
    assert sorted([tiro.Price("10 USD"), price]) == [price, tiro.Price("10 USD")]
    for other_currency in ("6 EUR", "6"):
        with pytest.raises(TypeError):
            price < tiro.Price(other_currency)  # noqa: B015
    with pytest.raises(TypeError):
        price < "6 USD"  # type: ignore[operator]  # noqa: B015
    assert price != "5.00 USD"


def test_a_price_agrees_to_itself() -> None:
    ordered = script(orders={"prices": ["5.00 USD"]})
    with tiro.Client("scripted", script=ordered) as client:
        with pytest.raises(tiro.ConfirmRequiredError) as raised:
            client.transcribe(b"x")
        price = raised.value.price
        assert price is not None
        (job,) = client.jobs()
        assert job.quote == price == tiro.Price("5 USD")
        (outcome,) = client.resume_all()
        assert outcome.error == "TIRO_E_CONFIRM_REQUIRED" and outcome.detail["amount"] == "5.00"
        assert client.resume(raised.value.job_id, confirmed_price=price).text == "Hello world."
        assert client.transcribe(b"x", max_price=tiro.Price("6 USD")).text == "Hello world."
        with pytest.raises(TypeError, match="job_key takes text"):
            client.transcribe(b"x", job_key=price)  # type: ignore[arg-type]


def test_a_redaction(transcript: tiro.Transcript) -> None:
    document = json.loads(transcript.to_json())
    words = [word for segment in document["segments"] for word in segment["words"]]
    for match in transcript.find("there"):
        for word in words[match.first_word : match.first_word + match.word_count]:
            word["text"] = "[name]"
    redacted = tiro.Transcript.from_json(json.dumps(document))
    assert redacted.text == "Hello\n[name]" and "there" not in redacted.raw
    assert [(word.start_ms, word.end_ms) for word in redacted.words] == [(0, 400), (400, 900)]


def test_a_mistake_is_told_in_the_terms_of_the_program() -> None:
    with pytest.raises(TypeError, match="whole milliseconds: number 1 is not"):
        tiro.Transcript.from_words([("a", 0, 1), ("b", 0, 1.5)])  # type: ignore[list-item]
    for reader in (tiro.Transcript.from_json, tiro.Transcript.from_gospeech, tiro.Transcript.from_srt):
        with pytest.raises(TypeError, match="a document is text or bytes, not dict"):
            reader({})  # type: ignore[operator]
