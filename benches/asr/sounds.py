"""Sounds made of the prompts and of none: joined speech, noise, music, other formats, a call of two people."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import data
import numpy as np

MADE = data.FOLDER / "made"


def joined(utterances: Sequence[data.Utterance], gaps: tuple[float, float] | None) -> Path:
    """One file of many utterances, with silences of lengths between `gaps` seconds; `None`: without."""
    name = f"joined-{len(utterances)}-{'gaps' if gaps else 'tight'}.wav"
    path = MADE / name
    if not path.exists():
        lengths = random.Random(3)
        parts = []
        for utterance in utterances:
            parts.append(data.read_wav(utterance.wide))
            if gaps:
                parts.append(silence(lengths.uniform(*gaps)))
        data.write_wav(path, np.concatenate(parts))
    return path


def speech(minutes: float) -> Path:
    """So many minutes of the prompts, said again and again."""
    path = MADE / f"speech-{minutes:g}-minutes.wav"
    if not path.exists():
        once = data.read_wav(joined(data.utterances(), (0.3, 0.6)))
        data.write_wav(path, np.resize(once, round(minutes * 60 * data.RATE)))
    return path


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * data.RATE), dtype=np.float32)


def without_speech(minutes: float) -> dict[str, Path]:
    """Sounds in which nobody says anything."""
    count = round(minutes * 60 * data.RATE)
    noise = np.random.default_rng(3)
    makers = {
        "digital silence": lambda: np.zeros(count, dtype=np.float32),
        "white noise -30 dBFS": lambda: _at_level(noise.standard_normal(count), -30),
        "white noise -50 dBFS": lambda: _at_level(noise.standard_normal(count), -50),
        "pink noise -30 dBFS": lambda: _at_level(_pink(noise, count), -30),
        "music on hold": lambda: _music(count),
    }
    paths = {}
    for name, make in makers.items():
        path = MADE / f"{name.replace(' ', '-')}-{minutes:g}-minutes.wav"
        paths[name] = path if path.exists() else data.write_wav(path, make())
    return paths


def _at_level(samples: np.ndarray, dbfs: float) -> np.ndarray:
    return samples / np.sqrt(np.mean(samples**2)) * 10 ** (dbfs / 20)


def _pink(noise: np.random.Generator, count: int) -> np.ndarray:
    spectrum = np.fft.rfft(noise.standard_normal(count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return np.fft.irfft(spectrum, count)


def _music(count: int) -> np.ndarray:
    tracks = sorted(data.MUSIC.glob("*.wav"))
    if not tracks:
        raise SystemExit("the Debian package asterisk-moh-opsound-wav is not installed")
    parts = []
    for track in tracks:
        resampled = MADE / f"music-{track.name}"
        resampled.parent.mkdir(parents=True, exist_ok=True)
        data.ffmpeg("-i", track, "-ar", data.RATE, "-ac", 1, resampled)
        parts.append(data.read_wav(resampled))
    return np.resize(np.concatenate(parts), count)


@dataclass(frozen=True)
class Format:
    name: str
    suffix: str
    arguments: tuple[str, ...]
    narrow: bool = False
    video: bool = False


FORMATS = (
    Format("WAV 16 kHz", "wav", ("-c:a", "pcm_s16le")),
    Format("WAV mu-law 8 kHz", "wav", ("-c:a", "pcm_mulaw"), narrow=True),
    Format("WAV A-law 8 kHz", "wav", ("-c:a", "pcm_alaw"), narrow=True),
    Format("WAV 48 kHz stereo 24-bit", "wav", ("-c:a", "pcm_s24le", "-ar", "48000", "-ac", "2")),
    Format("FLAC", "flac", ("-c:a", "flac")),
    Format("MP3", "mp3", ("-c:a", "libmp3lame", "-b:a", "64k")),
    Format("OGG Vorbis", "ogg", ("-c:a", "libvorbis", "-q:a", "4")),
    Format("OGG Opus", "opus", ("-c:a", "libopus", "-b:a", "32k")),
    Format("WebM Opus", "webm", ("-c:a", "libopus", "-b:a", "32k")),
    Format("M4A AAC", "m4a", ("-c:a", "aac", "-b:a", "64k")),
    Format("M4A ALAC", "m4a", ("-c:a", "alac")),
    Format("MP4 with video, AAC", "mp4", ("-c:a", "aac", "-b:a", "64k"), video=True),
    Format("MOV with video, AAC", "mov", ("-c:a", "aac", "-b:a", "64k"), video=True),
    Format("MKV with video, Opus", "mkv", ("-c:a", "libopus", "-b:a", "32k"), video=True),
)


def in_format(utterance: data.Utterance, form: Format) -> Path:
    folder = MADE / "formats" / form.name.replace(" ", "-").replace(",", "")
    path = folder / f"{utterance.wide.stem}.{form.suffix}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        picture = ("-f", "lavfi", "-i", "testsrc=size=160x120:rate=10") if form.video else ()
        codec = ("-map", "0:a", "-map", "1:v", "-c:v", "mpeg4", "-shortest") if form.video else ()
        source = utterance.narrow if form.narrow else utterance.wide
        partial = path.with_name(f"partial-{path.name}")
        data.ffmpeg("-i", source, *picture, *codec, *form.arguments, partial)
        partial.rename(path)
    return path


@dataclass(frozen=True)
class Turn:
    """What one of two people says in a call."""

    channel: int
    start_ms: int
    end_ms: int
    text: str


def call() -> tuple[Path, list[Turn]]:
    """A stereo call: the prompts' speaker on the left, readers of books on the right, taking turns."""
    agent = [(data.read_wav(u.wide), u.text) for u in data.utterances() if 4 < u.seconds < 8]
    caller = _other_voices()
    pause = random.Random(5)
    turns: list[Turn] = []
    left, right = [silence(0.5)], [silence(0.5)]
    position = 0.5
    for pair in zip(agent[:: max(1, len(agent) // len(caller))], caller, strict=False):
        for channel, (samples, text) in enumerate(pair):
            seconds = len(samples) / data.RATE
            turns.append(Turn(channel, round(position * 1000), round((position + seconds) * 1000), text))
            gap = silence(pause.uniform(0.3, 1.2))
            quiet = np.zeros_like(samples)
            left += [samples if channel == 0 else quiet, gap]
            right += [samples if channel == 1 else quiet, gap]
            position += seconds + len(gap) / data.RATE
    frames = np.stack([np.concatenate(left), np.concatenate(right)], axis=1)
    return data.write_wav(MADE / "call.wav", frames), turns


def _other_voices() -> list[tuple[np.ndarray, str]]:
    """People other than the prompts' speaker, reading from books."""
    folder = data.SPHINX / "librivox"
    spoken = []
    for line in (folder / "transcription").read_text().splitlines():
        text, _, name = line.rpartition("(")
        text = text.replace("<s>", "").replace("</s>", "").strip()
        spoken.append((data.read_wav(folder / f"{name.rstrip(')')}.wav"), text))
    beckett = "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better."
    spoken.append((data.read_wav(data.audio_folder() / "beckett.wav"), beckett))
    return spoken
