"""The speech with known text, prepared into `.demo/asr` from Debian's packages (`packages.txt`).

None of the sound is in the tree: the prompts are share-alike.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import score

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("TIRO_ASR_DATA", ROOT / ".demo/asr"))
RATE = 16000

PROMPTS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
PROMPT_TEXTS = Path("/usr/share/doc/asterisk-core-sounds-en/core-sounds-en.txt.gz")
MUSIC = Path("/usr/share/asterisk/moh")
SPHINX = Path("/usr/share/pocketsphinx/test/data")

#: What the selection below must come to (words after normalising), so that figures of different days are of the
#: same speech.
EXPECTED = {"utterances": 241, "words": 2862, "seconds": 1137}


@dataclass(frozen=True)
class Utterance:
    """A stretch of speech and what is said in it."""

    key: str
    text: str
    wide: Path  # 16 kHz
    narrow: Path  # 8 kHz, as on a telephone line
    seconds: float


def audio_folder() -> Path:
    return Path(os.environ.get("TIRO_TEST_AUDIO", ROOT / ".demo/audio"))


def ffmpeg(*arguments: str | Path) -> None:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True)


def read_wav(path: Path) -> np.ndarray:
    """A mono 16 kHz WAV of 16-bit integers as floats."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE), path
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return samples.astype(np.float32) / 32768


def write_wav(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    """Writes floats, a row a frame where there are several channels, as 16-bit integers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with wave.open(str(partial), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    partial.rename(path)
    return path


def seconds_of(path: Path) -> float:
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def utterances() -> list[Utterance]:
    """The prompts, in the order of their texts."""
    index = FOLDER / "utterances.json"
    if not index.exists():
        _prepare_prompts(index)
    rows = json.loads(index.read_text())
    return [Utterance(**{**row, **{name: FOLDER / row[name] for name in _PATHS}}) for row in rows]


_PATHS = ("wide", "narrow")


def _prepare_prompts(index: Path) -> None:
    rows = []
    for key, text in _selected_prompts():
        name = key.replace("/", "--") + ".wav"
        paths = {variant: FOLDER / "prompts" / variant / name for variant in _PATHS}
        for path in paths.values():
            path.parent.mkdir(parents=True, exist_ok=True)
        ffmpeg("-f", "g722", "-i", PROMPTS / f"{key}.g722", "-ar", RATE, "-ac", 1, paths["wide"])
        ffmpeg("-i", PROMPTS / f"{key}.wav", "-c:a", "copy", paths["narrow"])
        relative = {variant: str(path.relative_to(FOLDER)) for variant, path in paths.items()}
        rows.append({"key": key, "text": text, "seconds": seconds_of(paths["narrow"]), **relative})
    found = {
        "utterances": len(rows),
        "words": sum(len(score.words(row["text"])) for row in rows),
        "seconds": round(sum(row["seconds"] for row in rows)),
    }
    if found != EXPECTED:
        raise SystemExit(f"the prompts are not those that the figures are of: {found}, not {EXPECTED}")
    index.write_text(json.dumps(rows, indent=1))


def _selected_prompts() -> Iterable[tuple[str, str]]:
    if not PROMPT_TEXTS.exists() or not list(PROMPTS.glob("*.g722")):
        raise SystemExit("the Debian packages of benches/asr/packages.txt are not installed: make deps")
    for line in gzip.decompress(PROMPT_TEXTS.read_bytes()).decode().splitlines():
        key, separator, text = line.partition(": ")
        text = re.sub(r"\s+", " ", text.replace("...", " ")).strip()
        if (
            not separator
            or line.startswith(";")
            or re.search(r"[\[\]()<>]", text)
            or key.startswith(("silence/", "letters/", "digits/", "phonetic/"))
            or len(text.split()) < 4
            or not (PROMPTS / f"{key}.wav").exists()
        ):
            continue
        yield key, text
