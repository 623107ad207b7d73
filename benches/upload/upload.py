"""Uploads a file after a small one, and prints how much the peak of the memory rose, in KiB.

python upload.py sync|asyncio WAY SMALL LARGE, the service by the environment. WAY: path, file, or callback, an object
with nothing but ``read``.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import tiro


class OnlyReads:
    """A source that Python code reads, and whose size is not told."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "rb")  # noqa: SIM115

    def read(self, size: int, /) -> bytes:
        return self._file.read(size)


def source(way: str, path: str) -> Any:
    return {"path": Path, "file": lambda path: open(path, "rb"), "callback": OnlyReads}[way](path)


def status_kib(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))


def forget_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return status_kib("VmRSS:")


def with_sync(way: str, small: str, large: str) -> int:
    with tiro.Client(environment=True) as client:
        client.upload(source(way, small))
        before = forget_peak()
        client.upload(source(way, large))
        return status_kib("VmHWM:") - before


async def with_asyncio(way: str, small: str, large: str) -> int:
    async with tiro.AsyncClient(environment=True) as client:
        await client.upload(source(way, small))
        before = forget_peak()
        await client.upload(source(way, large))
        return status_kib("VmHWM:") - before


if __name__ == "__main__":
    face, *rest = sys.argv[1:]
    print(asyncio.run(with_asyncio(*rest)) if face == "asyncio" else with_sync(*rest))
