"""Where words are placed: in time, and with whom."""

from __future__ import annotations

import csv
from collections import Counter
from itertools import groupby
from pathlib import Path

import data
import score
import sounds
from accuracy import mean
from engines import Heard, Word
from report import Report
from scale import SCALE, spread
from worker import Worker

ALIGNMENT = Path(__file__).with_name("two_cities_alignment.tsv")
ENDS_GOAL_MS = 100


def alignment() -> None:
    with ALIGNMENT.open() as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        reference = [Word(word, int(start), int(end)) for word, start, end in rows]
    report = Report(
        "alignment", "two_cities.wav: times of words against a forced alignment (itself approximate)"
    )
    source = data.audio_folder() / "two_cities.wav"
    resampled = data.FOLDER / "made/two_cities-16k.wav"
    resampled.parent.mkdir(parents=True, exist_ok=True)
    data.ffmpeg("-i", source, "-ar", data.RATE, "-ac", 1, resampled)
    ends = {}
    for name, path, word_times in (
        ("tiro", source, "aligned"),
        ("tiro", source, "estimated"),
        ("faster-whisper", resampled, True),
    ):
        label = f"{name}, {word_times}" if name == "tiro" else name
        with Worker(name, word_times=word_times) as engine:
            report.setting(engine.description)
            ends[label] = _times(report, label, reference, engine.run([path])[0])
    found = ends["tiro, aligned"]
    report.goal(
        f"tiro, aligned: ends within {ENDS_GOAL_MS} ms on average",
        None if found is None else found <= ENDS_GOAL_MS,
    )
    report.close()
    _estimate()


def _estimate() -> None:
    """How far the estimated times of words are from the aligned ones, over more speech than has a forced alignment."""
    utterances = spread(data.utterances(), SCALE.seams)
    path = sounds.joined(utterances, (0.3, 0.6))
    report = Report(
        "alignment-estimated", f"{path.name}: estimated times of words against tiro's aligned ones"
    )
    heard = {}
    for word_times in ("aligned", "estimated"):
        with Worker("tiro", word_times=word_times) as tiro:
            report.setting(tiro.description)
            heard[word_times] = tiro.run([path])[0]
    reference = heard["aligned"]
    if reference.error:
        report.row("tiro, aligned", note=reference.error[:110])
    else:
        _times(report, "tiro, estimated", reference.words, heard["estimated"])
    report.close()


def _times(report: Report, name: str, reference: list[Word], heard: Heard) -> float | None:
    """The mean difference of word ends in ms."""
    if heard.error:
        report.row(name, note=heard.error[:110])
        return None
    pairs = [(reference[a], heard.words[b]) for a, b in score.matches(_texts(reference), _texts(heard.words))]
    starts = [abs(a.start_ms - b.start_ms) for a, b in pairs]
    ends = [abs(a.end_ms - b.end_ms) for a, b in pairs]
    report.row(
        name,
        words=f"{len(pairs)}/{len(reference)}",
        **{"start mean ms": round(mean(starts)), "start worst": max(starts, default=0)},
        **{"end mean ms": round(mean(ends)), "end worst": max(ends, default=0)},
    )
    return mean(ends) if len(pairs) > 0.9 * len(reference) else None


def _texts(words: list[Word]) -> list[str]:
    """In their normal form, each without a space: a figure may become several words."""
    return [score.normalise(word.text).replace(" ", "") or "-" for word in words]


def calls() -> None:
    path, turns = sounds.call()
    report = Report("calls", f"a stereo call of two people, {len(turns)} turns, channels=split")
    with Worker("tiro", channels="split") as tiro:
        report.setting(tiro.description)
        heard = tiro.run([path])[0]
    if heard.error:
        report.row("tiro", note=heard.error[:110])
        report.goal("two speakers, in order", None)
    else:
        _speakers(report, turns, heard.words)
    report.close()


def _speakers(report: Report, turns: list[sounds.Turn], words: list[Word]) -> None:
    owners = [(word.speaker, _turn_at(turns, word).channel) for word in words]
    labels = sorted({speaker for speaker, _ in owners})
    channel_of = {label: Counter(c for s, c in owners if s == label).most_common(1)[0][0] for label in labels}
    wrong = sum(channel_of[speaker] != channel for speaker, channel in owners)
    for label in labels:
        said = " ".join(turn.text for turn in turns if turn.channel == channel_of[label])
        errors = score.errors([said], [" ".join(word.text for word in words if word.speaker == label)])
        report.row(f"speaker {label!r}, channel {channel_of[label]}", **errors.columns())
    whole = score.errors([" ".join(turn.text for turn in turns)], [" ".join(word.text for word in words)])
    report.row("both, in order", **whole.columns())
    runs = [channel for channel, _ in groupby(channel_of[word.speaker] for word in words)]
    report.goal(f"two speakers: {labels}", len(labels) == 2 and len(set(channel_of.values())) == 2)
    report.goal(f"each word with who said it: {wrong} of {len(words)} are not", wrong == 0)
    report.goal(f"turns in order: {len(runs)} of {len(turns)}", runs == [turn.channel for turn in turns])


def _turn_at(turns: list[sounds.Turn], word: Word) -> sounds.Turn:
    middle = (word.start_ms + word.end_ms) / 2
    return min(turns, key=lambda turn: max(turn.start_ms - middle, middle - turn.end_ms, 0))
