"""What recognition takes: time beside the peers, and memory over hours."""

from __future__ import annotations

import os
import statistics
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import data
import sounds
from engines import Heard
from report import Report
from scale import SCALE, spread
from worker import Worker

CHUNK = 10
FLAT_MB = 20
#: What of a ratio is still the same speed: two runs of one engine differ by as much.
LEVEL = 1.02


#: What is compared: engines that align words with the sound, and those that need not.
ALIGNED, PLAIN = "aligned", "not aligned"


class Contender:
    """An engine that takes part, what it is compared with, and its times."""

    def __init__(self, label: str, kind: str, worker: Worker, together: bool = False) -> None:
        self.label, self.kind, self._worker, self._together = label, kind, worker, together
        self.failure = ""
        self._seconds: list[float] = []
        self._factors: list[float] = []
        self._cpu = self._audio = 0.0

    def run(self, paths: list[Path]) -> None:
        audio = sum(map(data.seconds_of, paths))
        heard: list[Heard] = self._worker.run(paths, self._together)
        self.failure = next((row.error for row in heard if row.error), self.failure)
        self._seconds.append(self._worker.seconds)
        self._factors.append(self._worker.seconds / audio)
        self._cpu += sum(self._worker.cpu_seconds)
        self._audio += audio

    def times(self, other: Contender) -> float:
        """How many times the other's time it takes: the median over what both did one after the other."""
        return statistics.median(a / b for a, b in zip(self._seconds, other._seconds, strict=True))

    def report(self, report: Report, reference: Contender) -> None:
        if self.failure:
            report.row(self.label, note=self.failure[:110])
            return
        report.row(
            self.label,
            **{
                "real-time factor": statistics.median(self._factors),
                "least": min(self._factors),
                "most": max(self._factors),
                "CPU s / audio s": self._cpu / self._audio,
                "time / tiro's best": self.times(reference),
                "peak MB": round(self._worker.peak_mb),
                "above bare MB": round(self._worker.peak_mb - self._worker.bare_mb),
            },
        )


def speed() -> None:
    cores = len(os.sched_getaffinity(0))
    for count in sorted({1, cores}):
        utterances = spread(data.utterances(), SCALE.short_utterances)
        short = [utterance.wide for utterance in utterances]
        chunks = [short[begin : begin + CHUNK] for begin in range(0, len(short), CHUNK)]
        _race(f"speed-short-{count}", f"{len(short)} short utterances, cores: {count}", chunks, count)
        long_file = sounds.joined(spread(data.utterances(), SCALE.joined), (0.3, 0.6))
        two_cities = data.FOLDER / "made/two_cities-16k.wav"
        data.ffmpeg("-i", data.audio_folder() / "two_cities.wav", "-ar", data.RATE, "-ac", 1, two_cities)
        for path, rounds in ((long_file, 1), (two_cities, SCALE.rounds)):
            title = f"{path.name}, {data.seconds_of(path):.0f} s, cores: {count}"
            _race(f"speed-{path.stem}-{count}", title, [[path]] * rounds, count)


def _race(name: str, title: str, chunks: list[list[Path]], cores: int) -> None:
    """Each chunk through each engine in turn, so that a slow moment of the machine hits all alike."""
    report = Report(name, f"{title}, load of the model not counted, median of {len(chunks)} in turn")
    several = any(len(chunk) > 1 for chunk in chunks)
    with ExitStack() as stack:

        def start(engine: str, **options: Any) -> Worker:
            worker = stack.enter_context(Worker(engine, cores, **options))
            worker.run([data.utterances()[0].wide])
            report.setting(worker.description)
            return worker

        contenders, peers = [], []
        for kind, word_times in ((ALIGNED, "aligned"), (PLAIN, "estimated")):
            for together in (False, True) if several else (False,):
                how = (", all at once" if together else ", one by one") if several else ""
                worker = start("tiro", word_times=word_times)
                contenders.append(Contender(f"tiro, {word_times}{how}", kind, worker, together))
        for engine in ("whisper.cpp", "faster-whisper"):
            peers += [
                Contender(f"{engine}, word times", ALIGNED, start(engine, word_times=True)),
                Contender(f"{engine}, text only", PLAIN, start(engine)),
            ]
        for chunk in chunks:
            for contender in contenders + peers:
                contender.run(chunk)
        best = {
            kind: min(
                (contender for contender in contenders if contender.kind == kind),
                key=lambda contender: contender.times(contenders[0]),
            )
            for kind in (ALIGNED, PLAIN)
        }
        for contender in contenders + peers:
            contender.report(report, best[contender.kind])
        for peer in peers:
            tiro = best[peer.kind]
            times = tiro.times(peer)
            goal = "at least as fast as" if peer.label.startswith("whisper.cpp") else "level with"
            report.goal(
                f"{goal} {peer.label}: {tiro.label} takes {times:.2f} of its time",
                None if tiro.failure or peer.failure else times <= LEVEL,
            )
    report.close()


def memory() -> None:
    report = Report("memory", "peak memory of a process that recognises so many minutes of speech")
    peaks: list[float] = []
    for minutes in SCALE.memory_minutes:
        path = sounds.speech(minutes)
        with Worker("tiro") as tiro:
            report.setting(tiro.description)
            tiro.run([data.utterances()[0].wide])
            curve = Curve(tiro.pid)
            heard = tiro.run([path])[0]
            samples = curve.stop()
        if heard.error:
            report.row(f"{minutes} min", note=heard.error[:110])
            continue
        peaks.append(tiro.peak_mb)
        report.row(
            f"{minutes} min",
            **{"peak MB": round(tiro.peak_mb, 1), "words": len(heard.words)},
            **{f"at {share} %": round(samples[(len(samples) - 1) * share // 100]) for share in (10, 50, 90)},
            **{"real-time factor": tiro.seconds / (minutes * 60)},
        )
    complete = len(peaks) == len(SCALE.memory_minutes)
    growth = peaks[-1] - peaks[0] if complete else 0.0
    least, most = SCALE.memory_minutes[0], SCALE.memory_minutes[-1]
    report.goal(
        f"flat: {most} minutes take at most {FLAT_MB} MB more than {least}: {growth:+.1f} MB",
        growth <= FLAT_MB if complete else None,
    )
    report.close()


class Curve:
    """The memory of a process, looked at twice a second."""

    def __init__(self, pid: int) -> None:
        self._statm = Path(f"/proc/{pid}/statm")
        self._samples: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while True:
            self._samples.append(int(self._statm.read_text().split()[1]) * page / 1e6)
            if self._ended.wait(0.5):
                return

    def stop(self) -> list[float]:
        self._ended.set()
        self._thread.join()
        return self._samples
