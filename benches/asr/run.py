"""Measures recognition: `python benches/asr/run.py wer speed`, or `all`. Run by `make bench-asr`; QUICK=1 takes a part."""

from __future__ import annotations

import argparse
import time

import accuracy
import cost
import data
import placing
import profile_time
from scale import QUICK, SCALE

MEASUREMENTS = {
    "wer": accuracy.wer,
    "speed": cost.speed,
    "formats": accuracy.formats,
    "seams": accuracy.seams,
    "silence": accuracy.silence,
    "memory": cost.memory,
    "alignment": placing.alignment,
    "calls": placing.calls,
    "profile": profile_time.profile,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measurement", nargs="+", choices=[*MEASUREMENTS, "all"])
    wanted = parser.parse_args().measurement
    data.utterances()
    if SCALE is QUICK:
        print("QUICK=1: a part of the speech; the figures are not the ones to quote")
    for name, measure in MEASUREMENTS.items():
        if name in wanted or "all" in wanted:
            begin = time.monotonic()
            measure()
            print(f"   ({name}: {time.monotonic() - begin:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
