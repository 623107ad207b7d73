"""Where the time of a recognition goes: the functions that `perf` finds, grouped by what they do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import data

# The first that matches a function's name.
GROUPS = [
    ("matrices of the encoder and decoder", r"tinyBLAS|ggml_vec_dot|mul_mat|gemm|quantize_row"),
    ("attention: softmax", r"soft_max"),
    ("other layers", r"ggml_compute_forward|ggml_v?_?(exp|gelu|vec)|im2col|fp32_to_fp16"),
    ("waiting for other threads", r"ggml_barrier|secondary_thread"),
    ("spectrum", r"fft|log_mel"),
    ("alignment of words", r"dtw|median_filter"),
    ("choice of tokens", r"logprob|logits|sample|whisper_"),
    ("decoding of the file, resampling", r"tiro|symphonia|opus|resampl"),
]
RUN = """
import sys, tiro
with tiro.Client() as client:
    client.transcribe(sys.argv[1])
"""


def profile() -> None:
    """The share of each group in the processor time of one long recording."""
    if shutil.which("perf") is None:
        print("profile: NOT MEASURED, perf is not installed (Debian: linux-perf)")
        return
    sound = data.audio_folder() / "two_cities.wav"
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "perf.data"
        command = ["perf", "record", "-q", "-o", str(record), sys.executable, "-c", RUN, str(sound)]
        subprocess.run(command, check=True)
        command = [
            "perf",
            "report",
            "-i",
            str(record),
            "--no-children",
            "--sort",
            "symbol",
            "-F",
            "overhead,symbol",
        ]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    shares: dict[str, float] = defaultdict(float)
    for line in lines:
        if match := re.match(r"\s*([\d.]+)%\s+\[.\]\s+(.*)", line):
            name = next((group for group, pattern in GROUPS if re.search(pattern, match[2])), "all else")
            shares[name] += float(match[1])
    print(f"\n== profile: {sound.name}, % of the processor time in the process")
    for name, share in sorted(shares.items(), key=lambda pair: -pair[1]):
        print(f"{share:6.1f}  {name}")
