"""How much is measured: all of it in about half an hour on two quiet cores, or with QUICK=1 a part in five minutes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True)
class Scale:
    utterances: int  # of the word error rate
    short_utterances: int  # of the speed of short ones
    joined: int  # utterances in the long file of the speed
    seams: int  # utterances joined into one file
    formats: int  # utterances in each format
    silence_minutes: float
    memory_minutes: tuple[int, ...]
    rounds: int  # of a time


FULL = Scale(241, 40, 60, 241, 30, 10, (10, 30, 120), 3)
QUICK = Scale(30, 10, 10, 30, 4, 1, (1, 3, 10), 1)

Item = TypeVar("Item")

SCALE = QUICK if os.environ.get("QUICK") == "1" else FULL


def spread(items: list[Item], count: int) -> list[Item]:
    """So many of them, evenly taken from all: the same ones each time."""
    return [items[index * len(items) // count] for index in range(min(count, len(items)))]
