"""Types for whoever checks or completes programs: never imported when one runs.

The options are those of the library's own table; a test holds them together.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from os import PathLike
from typing import Protocol, TypeAlias, TypedDict, TypeVar

if sys.version_info >= (3, 12):
    from collections.abc import Buffer
else:
    from typing_extensions import Buffer

from ._tiro import Progress

#: What a call results in.
Result = TypeVar("Result")


class Readable(Protocol):
    """A binary file, or what reads like one."""

    def read(self, size: int, /) -> bytes | bytearray | None:
        """At most ``size`` bytes; none at the end."""


#: A path; bytes or another buffer; a binary file or anything else with ``read()``; a file descriptor.
Source: TypeAlias = str | PathLike[str] | Buffer | Readable | int

#: What is told how far a call is.
OnProgress: TypeAlias = Callable[[Progress], object]


class CallOptions(TypedDict, total=False):
    """What a single call takes, too."""

    ca_file: str | PathLike[str] | None
    channels: str | None
    connect_timeout_ms: int | None
    idle_timeout_ms: int | None
    keep_media: str | None
    language: str | None
    model_dir: str | PathLike[str] | None
    model_sha256: str | None
    raw_channels: int | None
    raw_format: str | None
    raw_rate: int | None
    threads: int | None
    wait_timeout_ms: int | None


class ExportOptions(TypedDict, total=False):
    """What the export of a transcript takes."""

    export_rows: str | None
    export_speakers: str | None
    export_timestamps: str | None
    spreadsheet_formulas: str | None
    subtitle_chars_per_second: int | None
    subtitle_gap_ms: int | None
    subtitle_line_chars: int | None
    subtitle_lines: int | None
    subtitle_longest_ms: int | None
    subtitle_pause_ms: int | None
    subtitle_shortest_ms: int | None
    subtitle_words: str | None


class ClientOptions(CallOptions, total=False):
    """What a client takes."""

    access_token: str | None
    data_dir: str | PathLike[str] | None
    max_in_flight: int | None
    model: str | PathLike[str] | None
    retention_days: int | None
    script: str | None
    service: str | None
