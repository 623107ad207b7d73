"""Hears speech in many languages with the model base, once with the language given and once with `auto`.

Two sets: clips of a package, made by a speech synthesiser, a folder a language; and prompts that people have read, from
the Debian packages asterisk-core-sounds-*, as far as they are installed. Word error rates are rough: case, accents and
punctuation do not count, and what was heard as digits is not rated, as the texts have words. Where a language is written
without spaces, they are of characters.
"""

from __future__ import annotations

import gzip
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import tiro

PROMPTS = {"es": "es_MX_f_Allison", "fr": "fr_CA_f_June", "it": "it_IT_m_Carlo", "ru": "ru_RU_f_IvrvoiceRU"}
PROMPTS_A_LANGUAGE = 5
WITHOUT_SPACES = {"ja", "zh"}


@dataclass
class Clip:
    """Speech, what is said in it, and in which language."""

    language: str
    sound: Path
    text: str


@dataclass
class Score:
    """Errors and detections of a set."""

    clips: int = 0
    found: int = 0
    errors: int = 0
    units: int = 0


def synthetic(folder: Path) -> Iterator[Clip]:
    for text in sorted(folder.glob("*/*.txt")):
        yield Clip(text.parent.name, text.with_suffix(".wav"), text.read_text(encoding="utf-8"))


def read_by_people() -> Iterator[Clip]:
    for language, voice in PROMPTS.items():
        texts = Path(f"/usr/share/doc/asterisk-core-sounds-{language}/core-sounds-{language}.txt.gz")
        sounds = Path("/usr/share/asterisk/sounds") / voice
        if not texts.exists() or not sounds.exists():
            print(f"skipped: asterisk-core-sounds-{language} and -{language}-wav are not installed")
            continue
        lines = gzip.decompress(texts.read_bytes()).decode("utf-8-sig").splitlines()
        pairs = [line.partition(":")[::2] for line in lines if line[:1] not in ("", ";")]
        fit = [
            Clip(language, sounds / f"{key}.wav", text)
            for key, text in pairs
            if 10 <= len(text.split()) <= 40
            and not set("[]()<>0123456789") & set(text)
            and (sounds / f"{key}.wav").exists()
        ]
        yield from fit[:: max(1, len(fit) // PROMPTS_A_LANGUAGE)][:PROMPTS_A_LANGUAGE]


def units(text: str, language: str) -> list[str]:
    """Words or characters, without what is not counted."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else "" if unicodedata.combining(c) or c == "'" else " " for c in plain)
    return list(kept.replace(" ", "")) if language in WITHOUT_SPACES else kept.split()


def distance(expected: list[str], got: list[str]) -> int:
    row = list(range(len(got) + 1))
    for i, want in enumerate(expected, 1):
        diagonal, row[0] = row[0], i
        for j, have in enumerate(got, 1):
            diagonal, row[j] = row[j], min(diagonal + (want != have), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def hear(client: tiro.Client, name: str, clips: list[Clip], least_found: float, most_errors: float) -> None:
    print(
        f"\n{name}\n{'language':9}{'found':7}{'said':>8}{'auto':>8}  clip: what was heard, with the language said first"
    )
    said, found = Score(), Score()
    for clip in clips:
        expected = units(clip.text, clip.language)
        rates, heard = "", dict[str, None]()
        for score, language in ((said, clip.language), (found, "auto")):
            transcript = client.transcribe(clip.sound, language=language)
            heard[" ".join(transcript.text.split())] = None
            score.clips += 1
            score.found += transcript.language == clip.language
            if any(c.isdigit() for c in transcript.text):
                rates += f"{'digits':>8}"
                continue
            errors = distance(expected, units(transcript.text, clip.language))
            score.errors += errors
            score.units += len(expected)
            rates += f"{errors / len(expected):8.0%}"
        print(
            f"{clip.language:9}{transcript.language:7}{rates}  {clip.sound.stem}: {' | '.join(heard)}",
            flush=True,
        )
    if not clips:
        return
    rate = {mode: score.errors / score.units for mode, score in (("said", said), ("auto", found))}
    print(
        f"{name}: {found.found} of {found.clips} languages found; "
        f"error rate {rate['said']:.1%} with the language said, {rate['auto']:.1%} with auto"
    )
    if said.found < said.clips:
        sys.exit("a transcript is not in the language that was asked for")
    if found.found < least_found * found.clips:
        sys.exit("too few languages were found")
    if max(rate.values()) > most_errors:
        sys.exit("too many errors")


def main() -> None:
    models, samples = sys.argv[1:]
    made = list(synthetic(Path(samples)))
    if len(made) < 27:
        sys.exit(f"there are only {len(made)} clips in {samples}")
    with tiro.Client(model="base", model_dir=models) as client:
        # Lower, as this model makes little of the clips in Hindi and Polish, whatever program runs it.
        hear(client, "synthetic", made, least_found=0.7, most_errors=0.6)
        hear(client, "read by people", list(read_by_people()), least_found=0.9, most_errors=0.25)


if __name__ == "__main__":
    main()
