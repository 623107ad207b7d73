"""What is heard: word errors of single utterances, in many formats, over the seams of long files, and in no speech."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from functools import cache

import data
import score
import sounds
from engines import Heard
from report import Report
from scale import SCALE, spread
from worker import Worker

WIDE_GOAL, NARROW_GOAL = 3.7, 3.5
FORMATS_GOAL = 3.0
SEAMS_GOAL = 1.0
INVENTED_GOAL = 1.0


def error_row(report: Report, label: str, said: list[str], heard: list[Heard]) -> float | None:
    """The word error rate, in the report too; `None`, with the reason in the report, where a file failed."""
    failed = [row.error for row in heard if row.error]
    if failed:
        report.row(label, note=f"{len(failed)} of {len(heard)} failed: {failed[0][:110]}")
        return None
    errors = score.errors(said, [row.text for row in heard])
    report.row(label, **errors.columns(), words=errors.words)
    return errors.rate


@cache
def _tiro_apart(count: int) -> list[Heard]:
    with Worker("tiro") as tiro:
        return tiro.run([u.wide for u in spread(data.utterances(), count)], together=True)


def wer() -> None:
    utterances = spread(data.utterances(), SCALE.utterances)
    said = [u.text for u in utterances]
    report = Report("wer", f"{len(utterances)} utterances, a recording each")
    with Worker("tiro") as tiro:
        report.setting(tiro.description)
        narrow = tiro.run([u.narrow for u in utterances], together=True)
    wide_rate = error_row(report, "tiro 16 kHz", said, _tiro_apart(len(utterances)))
    narrow_rate = error_row(report, "tiro 8 kHz", said, narrow)
    for name in ("whisper.cpp", "faster-whisper"):
        with Worker(name) as peer:
            report.setting(peer.description)
            error_row(report, f"{name} 16 kHz", said, peer.run([u.wide for u in utterances]))
            error_row(report, f"{name} 8 kHz", said, peer.run([u.narrow_resampled for u in utterances]))
    report.goal(f"16 kHz: at most {WIDE_GOAL} %", _at_most(wide_rate, WIDE_GOAL))
    report.goal(f"8 kHz: at most {NARROW_GOAL} %", _at_most(narrow_rate, NARROW_GOAL))
    report.close()


def formats() -> None:
    utterances = spread(data.utterances(), SCALE.formats)
    said = [u.text for u in utterances]
    report = Report("formats", f"the same {len(utterances)} utterances in each format, made by ffmpeg")
    rates: list[float | None] = []
    with Worker("tiro") as tiro:
        report.setting(tiro.description)
        for form in sounds.FORMATS:
            paths = [sounds.in_format(utterance, form) for utterance in utterances]
            rates.append(error_row(report, form.name, said, tiro.run(paths, together=True)))
    known = [rate for rate in rates if rate is not None]
    spread_points = max(known) - min(known) if known else 0.0
    report.goal(
        f"within {FORMATS_GOAL} points of one another: {spread_points:.2f}, {len(known)} of {len(rates)} formats",
        spread_points <= FORMATS_GOAL and len(known) == len(rates),
    )
    report.close()


def seams() -> None:
    utterances = spread(data.utterances(), SCALE.seams)
    said = [u.text for u in utterances]
    whole = " ".join(said)
    report = Report("seams", f"{len(utterances)} utterances joined into one file, against apart")
    apart = error_row(report, "tiro, apart", said, _tiro_apart(len(utterances)))
    files = {"0.3 to 0.6 s between": (0.3, 0.6), "nothing between": None}
    for (label, gaps), name in itertools.product(files.items(), ("tiro", "whisper.cpp", "faster-whisper")):
        path = sounds.joined(utterances, gaps)
        with Worker(name) as engine:
            report.setting(engine.description)
            heard = engine.run([path])
        rate = error_row(report, f"{name}, {label}", [whole], heard)
        if name != "tiro":
            continue
        if rate is None or apart is None:
            report.goal(f"{label}: at most {SEAMS_GOAL} point more errors than apart", None)
            continue
        twice = score.doubled(whole, heard[0].text)
        lost = score.lost(whole, heard[0].text)
        report.setting(
            f"{label}: heard twice {twice or 'nothing'}; lost {lost or 'nothing'} (four words or more)"
        )
        report.goal(
            f"{label}: at most {SEAMS_GOAL} point more errors than apart: {rate - apart:+.2f}",
            rate - apart <= SEAMS_GOAL,
        )
        report.goal(f"{label}: no word twice that was said once: {len(twice)}", not twice)
    report.close()


def silence() -> None:
    minutes = SCALE.silence_minutes
    report = Report("silence", f"{minutes:g} minutes each in which nobody speaks: words that are invented")
    with Worker("tiro") as tiro, Worker("whisper.cpp") as peer:
        for name, path in sounds.without_speech(minutes).items():
            report.setting(tiro.description)
            heard = tiro.run([path])[0]
            if heard.error:
                report.row(name, note=heard.error[:110])
                report.goal(f"{name}: at most {INVENTED_GOAL:g} word a minute", None)
                continue
            invented = len(heard.words) / minutes
            others = len(score.words(peer.run([path])[0].text)) / minutes
            report.row(
                name, **{"words/min": invented, "whisper.cpp": others}, note=" ".join(heard.text.split())[:80]
            )
            report.goal(
                f"{name}: at most {INVENTED_GOAL:g} word a minute: {invented:.2f}", invented <= INVENTED_GOAL
            )
        report.setting(peer.description)
    report.close()


def _at_most(rate: float | None, goal: float) -> bool | None:
    return None if rate is None else rate <= goal


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / max(len(listed), 1)
