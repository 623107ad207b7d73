"""Where the time of a recognition goes: the functions that `perf` finds, grouped by what they do."""

from __future__ import annotations

import re
import shutil
import subprocess
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
ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / "target/release"


def profile() -> None:
    """The share of each group in the processor time of one long recording."""
    if shutil.which("perf") is None:
        print("profile: NOT MEASURED, perf is not installed (Debian: linux-perf)")
        return
    sound = data.audio_folder() / "two_cities.wav"
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "perf.data"
        program = Path(folder) / "transcribe"
        source = ROOT / "examples/c/transcribe.c"
        # The library of the wheel has no symbols; this one has.
        command = [
            "cc",
            source,
            f"-I{ROOT / 'include'}",
            f"-L{RELEASE}",
            f"-Wl,-rpath,{RELEASE}",
            "-ltiro",
            "-o",
            program,
        ]
        subprocess.run(command, check=True)
        command = ["perf", "record", "-q", "-o", record, program, sound]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
