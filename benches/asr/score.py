"""Texts compared: word error rates over normalised texts, and words that stand twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jiwer

#: Fewer words in a row are missed anywhere; so many are a stretch of sound that was never listened to.
LOST_WORDS = 4


@cache
def _normalizer() -> Any:
    from whisper_normalizer.english import EnglishTextNormalizer

    return EnglishTextNormalizer()


def normalise(text: str) -> str:
    """Whisper's own normal form of English, where the keys of a telephone are words."""
    return _normalizer()(text.replace("#", " pound ").replace("*", " star "))


def words(text: str) -> list[str]:
    return normalise(text).split()


@dataclass
class Errors:
    """How a text differs from what was said, in words."""

    words: int = 0
    substituted: int = 0
    deleted: int = 0
    inserted: int = 0
    exact: int = 0
    texts: int = 0

    @property
    def rate(self) -> float:
        """The word error rate in percent."""
        return 100 * (self.substituted + self.deleted + self.inserted) / max(self.words, 1)

    def columns(self) -> dict[str, Any]:
        return {
            "WER %": round(self.rate, 2),
            "substituted": self.substituted,
            "deleted": self.deleted,
            "inserted": self.inserted,
            "exact": f"{self.exact}/{self.texts}",
        }


def errors(said: Sequence[str], heard: Sequence[str]) -> Errors:
    said, heard = [normalise(text) for text in said], [normalise(text) for text in heard]
    found = jiwer.process_words(said, heard)
    return Errors(
        words=found.hits + found.substitutions + found.deletions,
        substituted=found.substitutions,
        deleted=found.deletions,
        inserted=found.insertions,
        exact=sum(a == b for a, b in zip(said, heard, strict=True)),
        texts=len(said),
    )


def doubled(said: str, heard: str) -> list[str]:
    """Words and phrases that were heard twice in a row and said once."""
    return [
        " ".join(phrase)
        for phrase, before, after in _inserted(said, heard)
        if phrase in (before[-len(phrase) :], after[: len(phrase)])
    ]


def _inserted(said: str, heard: str) -> Iterator[tuple[list[str], list[str], list[str]]]:
    found = jiwer.process_words(normalise(said), normalise(heard))
    hypothesis = found.hypotheses[0]
    for chunk in found.alignments[0]:
        if chunk.type == "insert":
            begin, end = chunk.hyp_start_idx, chunk.hyp_end_idx
            yield hypothesis[begin:end], hypothesis[:begin], hypothesis[end:]


def lost(said: str, heard: str) -> list[str]:
    """Runs of words that were said and not heard."""
    found = jiwer.process_words(normalise(said), normalise(heard))
    return [
        " ".join(found.references[0][chunk.ref_start_idx : chunk.ref_end_idx])
        for chunk in found.alignments[0]
        if chunk.type == "delete" and chunk.ref_end_idx - chunk.ref_start_idx >= LOST_WORDS
    ]


def matches(said: Sequence[str], heard: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The indexes of the words that stand in both, in order."""
    found = jiwer.process_words(" ".join(said), " ".join(heard))
    for chunk in found.alignments[0]:
        if chunk.type == "equal":
            yield from zip(
                range(chunk.ref_start_idx, chunk.ref_end_idx),
                range(chunk.hyp_start_idx, chunk.hyp_end_idx),
                strict=True,
            )
