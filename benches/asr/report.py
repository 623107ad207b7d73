"""What a measurement says: a small table on stdout, the same as JSON in `.demo/asr/results`."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Sequence
from typing import Any

import data
from score import normalise

#: The column of free text, which comes last and is not aligned.
NOTE = "note"


class Report:
    def __init__(self, name: str, title: str) -> None:
        self._name, self._title = name, title
        self._settings: list[str] = []
        self._rows: list[dict[str, Any]] = []
        self._goals: list[dict[str, Any]] = []
        self._differences: dict[str, list[dict[str, str]]] = {}
        self._load = os.getloadavg()[0]

    def setting(self, text: str) -> None:
        """Something that the figures depend on: a version, a parameter."""
        if text not in self._settings:
            self._settings.append(text)

    def row(self, label: str, **columns: Any) -> None:
        self._rows.append({"": label, **columns})

    def differences(self, label: str, said: Sequence[str], heard: Sequence[str]) -> None:
        """Keeps, in the JSON only, what was heard differently."""
        self._differences[label] = [
            {"said": a, "heard": b} for a, b in zip(said, heard, strict=True) if normalise(a) != normalise(b)
        ]

    def goal(self, text: str, reached: bool | None) -> None:
        """`None`: could not be measured."""
        self._goals.append({"goal": text, "reached": reached})

    def close(self) -> None:
        print(f"\n== {self._name}: {self._title}")
        print(f"   {platform.machine()}, {os.cpu_count()} processors; load before {self._load:.2f}")
        for setting in self._settings:
            print(f"   {setting}")
        self._print_rows()
        for goal in self._goals:
            word = {True: "reached", False: "NOT REACHED", None: "NOT MEASURED"}[goal["reached"]]
            print(f"{word}: {goal['goal']}")
        folder = data.FOLDER / "results"
        folder.mkdir(parents=True, exist_ok=True)
        document = {
            "measurement": self._name,
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "load_before": self._load,
            "settings": self._settings,
            "rows": self._rows,
            "goals": self._goals,
            "differences": self._differences,
        }
        (folder / f"{self._name}.json").write_text(json.dumps(document, indent=1))

    def _print_rows(self) -> None:
        names = list(dict.fromkeys(name for row in self._rows for name in row if name != NOTE))
        table = [names, *([_cell(row.get(name, "")) for name in names] for row in self._rows)]
        widths = [max(len(row[column]) for row in table) for column in range(len(names))]
        notes = ["", *(row.get(NOTE, "") for row in self._rows)]
        for (label, *cells), note in zip(table, notes, strict=True):
            right = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
            line = [note] if note and not any(cells) else [*right, note]
            print("  ".join([label.ljust(widths[0]), *line]).rstrip())


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"
    return str(value)
