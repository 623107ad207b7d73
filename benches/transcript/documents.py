"""A transcript of 10 hours and 100,000 words as each service writes it; the same words every time."""

from __future__ import annotations

import json
import random
from pathlib import Path

WORDS = 100_000
SEGMENT = 40
TEXT = (
    "the of and to in a is that it was for on are as with his they be at one have this from or had by word but what "
    "some we can out other were all there when up use your how said an each she which do their time if will way about "
    "many then them write would like so these her long make thing see him two has look more day could go come did"
)
VOCABULARY = TEXT.split()


def _words() -> list[tuple[str, int, int, float]]:
    chance = random.Random(1)
    words, at = [], 0
    for number in range(WORDS):
        mark = "," if number % 17 == 16 else "." if number % 23 == 22 else ""
        end = at + chance.randint(80, 500)
        words.append((chance.choice(VOCABULARY) + mark, at, end, round(chance.random(), 3)))
        at = end + chance.randint(0, 140)
    return words


def _segments() -> list[tuple[str, list[tuple[str, int, int, float]]]]:
    words = _words()
    return [
        (f"Speaker {at // SEGMENT % 5 + 1}", words[at : at + SEGMENT]) for at in range(0, len(words), SEGMENT)
    ]


def _insert(word: tuple[str, int, int, float], **more: object) -> dict:
    return {"insert": word[0], "attributes": {"timestamp": {"start": word[1], "end": word[2]}, **more}}


def gospeech(segments: list) -> dict:
    return {
        "segments": [
            {"speaker": speaker, "words": [_insert(word) for word in words]} for speaker, words in segments
        ]
    }


def gospeech_edited(segments: list) -> dict:
    """As somebody left it in the editor: every fifth word set in bold and red, each segment a paragraph."""
    mark = {"insert": "\n", "attributes": {"align": "center"}}
    looks = [{"bold": True, "color": "#e60000"}, {}, {}, {}, {}]
    return {
        "segments": [
            {"speaker": speaker, "words": [_insert(w, **looks[n % 5]) for n, w in enumerate(words)] + [mark]}
            for speaker, words in segments
        ]
    }


def transcribeme(segments: list) -> dict:
    def word(word: tuple[str, int, int, float]) -> dict:
        text, start, end, confidence = word
        return {"text": text, "start": start / 1000, "end": end / 1000, "confidence": confidence}

    return {
        "recordingId": "r",
        "language": "en",
        "utterances": [
            {
                "speaker": speaker,
                "start": words[0][1] / 1000,
                "end": words[-1][2] / 1000,
                "words": [word(w) for w in words],
            }
            for speaker, words in segments
        ],
    }


def canonical(segments: list) -> dict:
    def word(word: tuple[str, int, int, float]) -> dict:
        text, start, end, confidence = word
        return {"text": text, "start_ms": start, "end_ms": end, "confidence": confidence}

    return {
        "format": "tiro.transcript",
        "version": 1,
        "recording_id": "r",
        "language": "en",
        "duration_ms": segments[-1][1][-1][2],
        "segments": [
            {
                "speaker": speaker,
                "start_ms": words[0][1],
                "end_ms": words[-1][2],
                "words": [word(w) for w in words],
            }
            for speaker, words in segments
        ],
    }


KINDS = {
    "gospeech": gospeech,
    "gospeech_edited": gospeech_edited,
    "transcribeme": transcribeme,
    "canonical": canonical,
}


def write(folder: Path) -> None:
    segments = _segments()
    for kind, document in KINDS.items():
        text = json.dumps(document(segments), separators=(",", ":"), ensure_ascii=False)
        (folder / f"{kind}.json").write_text(text, encoding="utf-8")
