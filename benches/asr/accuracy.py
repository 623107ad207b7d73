"""What is heard: word errors of single utterances, in many formats, over the seams of long files, and in no speech."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import data
import score
import sounds
from engines import Heard
from report import Report
from scale import SCALE, spread
from worker import Worker

WORD_TIMES = ("aligned", "estimated")
WIDE_GOAL, NARROW_GOAL = 3.7, 3.5
FORMATS_GOAL = 3.0
SEAMS_GOAL = 1.0
INVENTED_GOAL = 1.0


def error_row(
    report: Report, label: str, said: list[str], heard: list[Heard], **columns: Any
) -> float | None:
    """The word error rate, in the report too; `None`, with the reason in the report, where a file failed."""
    failed = [row.error for row in heard if row.error]
    if failed:
        report.row(label, note=f"{len(failed)} of {len(heard)} failed: {failed[0][:110]}")
        return None
    texts = [row.text for row in heard]
    errors = score.errors(said, texts)
    report.row(label, **errors.columns(), words=errors.words, **columns)
    report.differences(label, said, texts)
    return errors.rate


@cache
def _tiro_apart(count: int, word_times: str) -> list[Heard]:
    with Worker("tiro", word_times=word_times) as tiro:
        return tiro.run([u.wide for u in spread(data.utterances(), count)], together=True)


def wer() -> None:
    utterances = spread(data.utterances(), SCALE.utterances)
    said = [u.text for u in utterances]
    report = Report("wer", f"{len(utterances)} utterances, a recording each")
    rates = {}
    for word_times in WORD_TIMES:
        with Worker("tiro", word_times=word_times) as tiro:
            report.setting(tiro.description)
            heard = {"8 kHz": tiro.run([u.narrow for u in utterances], together=True)}
        heard["16 kHz"] = _tiro_apart(len(utterances), word_times)
        for rate, rows in heard.items():
            label = f"tiro, {word_times}, {rate}"
            rates[label] = error_row(report, label, said, rows)
    for name in ("whisper.cpp", "faster-whisper"):
        with Worker(name) as peer:
            report.setting(peer.description)
            error_row(report, f"{name} 16 kHz", said, peer.run([u.wide for u in utterances]))
    for label, rate in rates.items():
        goal = NARROW_GOAL if label.endswith(" 8 kHz") else WIDE_GOAL
        report.goal(f"{label}: at most {goal} %", _at_most(rate, goal))
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
    apart = {
        word_times: error_row(
            report, f"tiro, {word_times}, apart", said, _tiro_apart(len(utterances), word_times)
        )
        for word_times in WORD_TIMES
    }
    ours = [("tiro", word_times) for word_times in WORD_TIMES]
    for gaps, engines in (((0.3, 0.6), [*ours, ("whisper.cpp", ""), ("faster-whisper", "")]), (None, ours)):
        path = sounds.joined(utterances, gaps)
        between = "0.3 to 0.6 s between" if gaps else "nothing between"
        for name, word_times in engines:
            with Worker(name, **({"word_times": word_times} if word_times else {})) as engine:
                report.setting(engine.description)
                heard = engine.run([path])
            twice, lost = score.doubled(whole, heard[0].text), score.lost(whole, heard[0].text)
            label = ", ".join(filter(None, (name, word_times, between)))
            rate = error_row(report, label, [whole], heard, twice=len(twice), lost=len(lost))
            if word_times:
                report.setting(f"{label}: heard twice {twice}; {score.LOST_WORDS} words or more lost: {lost}")
                _seam_goals(report, label, rate, apart[word_times], len(twice))
    report.close()


def _seam_goals(report: Report, label: str, rate: float | None, apart: float | None, twice: int) -> None:
    known = rate is not None and apart is not None
    more = rate - apart if known else 0.0
    report.goal(
        f"{label}: at most {SEAMS_GOAL:g} point more errors than apart: {more:+.2f}",
        more <= SEAMS_GOAL if known else None,
    )
    report.goal(
        f"{label}: no word twice that was said once: {twice}", twice == 0 if rate is not None else None
    )


def silence() -> None:
    minutes = SCALE.silence_minutes
    report = Report("silence", f"{minutes:g} minutes each in which nobody speaks: words that are invented")
    with Worker("tiro") as tiro:
        report.setting(tiro.description)
        for name, path in sounds.without_speech(minutes).items():
            heard = tiro.run([path])[0]
            if heard.error:
                report.row(name, note=heard.error[:110])
                report.goal(f"{name}: at most {INVENTED_GOAL:g} word a minute", None)
                continue
            invented = len(heard.words) / minutes
            without_marks = len(score.words(heard.text)) / minutes  # a lone note of music is a mark
            report.row(
                name,
                **{"words/min": invented, "without marks": without_marks},
                note=" ".join(heard.text.split())[:80],
            )
            report.goal(
                f"{name}: at most {INVENTED_GOAL:g} word a minute: {invented:.2f}", invented <= INVENTED_GOAL
            )
    report.close()


def _at_most(rate: float | None, goal: float) -> bool | None:
    return None if rate is None else rate <= goal


def mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / max(len(listed), 1)
