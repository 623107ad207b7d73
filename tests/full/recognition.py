"""Recognition of a fixed list of prompts, of silence, and of several formats. No times: those are `make bench-asr`'s."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "benches/asr"))

import data
import score
import sounds
from worker import Worker

MOST_ERRORS = 6.0  # percent; about 3 is usual, and another processor rounds differently
FORMATS_APART = 3.0  # points
FORMAT_UTTERANCES = 6

failures: list[str] = []


def check(holds: bool, what: str) -> None:
    print(f"{'ok' if holds else 'FAILED'}: {what}")
    if not holds:
        failures.append(what)


def heard_in(tiro: Worker, paths: list[Path], what: str) -> list[str] | None:
    rows = tiro.run(paths, together=True)
    errors = [row.error for row in rows if row.error]
    if errors:
        check(False, f"{what}: {errors[0]}")
        return None
    return [row.text for row in rows]


def listed() -> list[tuple[data.Utterance, bool]]:
    """The utterances of the list, and whether each must be heard word for word."""
    known = {utterance.key: utterance for utterance in data.utterances()}
    rows = [line.split() for line in (HERE / "recognition.txt").read_text().splitlines()]
    return [(known[row[0]], "exact" in row[1:]) for row in rows if row and row[0] != "#"]


def prompts(tiro: Worker) -> None:
    chosen = listed()
    heard = heard_in(tiro, [utterance.wide for utterance, _ in chosen], "prompts")
    if heard is None:
        return
    errors = score.errors([utterance.text for utterance, _ in chosen], heard)
    check(
        errors.rate <= MOST_ERRORS,
        f"{len(chosen)} prompts, {errors.words} words: {errors.rate:.2f} % wrong, at most {MOST_ERRORS}",
    )
    for (utterance, exact), text in zip(chosen, heard, strict=True):
        if exact:
            same = score.normalise(text) == score.normalise(utterance.text)
            check(same, f"{utterance.key}: {text.strip()}")


def silence(tiro: Worker) -> None:
    for seconds in (1, 45):
        path = data.write_wav(sounds.MADE / f"silence-{seconds}-s.wav", sounds.silence(seconds))
        heard = heard_in(tiro, [path], f"{seconds} s of silence")
        if heard is not None:
            check(heard == [""], f"{seconds} s of silence: {heard[0]!r}")


def formats(tiro: Worker) -> None:
    chosen = [utterance for utterance, exact in listed() if exact][:FORMAT_UTTERANCES]
    said = [utterance.text for utterance in chosen]
    rates = {}
    for form in sounds.FORMATS:
        paths = [sounds.in_format(utterance, form) for utterance in chosen]
        heard = heard_in(tiro, paths, form.name)
        if heard is not None:
            rates[form.name] = score.errors(said, heard).rate
    best = min(rates.values(), default=0.0)
    for name, rate in rates.items():
        check(rate - best <= FORMATS_APART, f"{name}: {rate:.2f} % wrong, the best {best:.2f}")


def main() -> None:
    with Worker("tiro") as tiro:
        print(tiro.description)
        prompts(tiro)
        silence(tiro)
        formats(tiro)
    if failures:
        raise SystemExit(f"{len(failures)} failed")


if __name__ == "__main__":
    main()
