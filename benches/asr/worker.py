"""An engine in a process of its own, pinned to some cores: lines of JSON in, lines of JSON out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engines import Heard
    from typing_extensions import Self


class Worker:
    """The parent's side of it. Both sides live in this file: they share one protocol."""

    def __init__(self, engine: str, cores: int | None = None, **options: Any) -> None:
        available = sorted(os.sched_getaffinity(0))
        self.cores = available[:cores]
        self.name = engine
        setup = {"engine": engine, "cores": self.cores, "options": options}
        self._process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(setup)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": str(len(self.cores)), "HF_HUB_OFFLINE": "1"},
        )
        self.pid = self._process.pid
        ready = self._answer()
        self.description: str = ready["description"]
        #: The memory of the process before the engine came into it.
        self.bare_mb: float = ready["bare_mb"]
        #: Wall time of the last run, its processor time (user, system), and the peak memory up to its end.
        self.seconds = 0.0
        self.cpu_seconds = (0.0, 0.0)
        self.peak_mb = 0.0

    def run(self, paths: list[Path], together: bool = False) -> list[Heard]:
        from engines import Heard, Word

        assert self._process.stdin is not None
        request = {"paths": [str(path) for path in paths], "together": together}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = self._answer()
        self.seconds, self.peak_mb = answer["seconds"], answer["peak_mb"]
        self.cpu_seconds = tuple(answer["cpu_seconds"])
        return [Heard(**{**row, "words": [Word(**word) for word in row["words"]]}) for row in answer["heard"]]

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with status {self._process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def main() -> None:
    setup = json.loads(sys.argv[1])
    os.sched_setaffinity(0, setup["cores"])  # before the engine starts its threads
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what an engine prints must not stand between the answers

    from engines import ENGINES

    bare_mb = peak_mb()
    engine = ENGINES[setup["engine"]](len(setup["cores"]), **setup["options"])
    print(json.dumps({"description": engine.describe(), "bare_mb": bare_mb}), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        begin, before = time.perf_counter(), os.times()
        heard = engine.run([Path(path) for path in request["paths"]], request["together"])
        seconds, after = time.perf_counter() - begin, os.times()
        answer = {
            "seconds": seconds,
            "cpu_seconds": [after.user - before.user, after.system - before.system],
            "peak_mb": peak_mb(),
            "heard": [row.as_json() for row in heard],
        }
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
