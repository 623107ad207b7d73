"""Transcribes one recording on this machine, with a progress bar.

python transcribe.py talk.wav
"""

import sys

import tiro


def show(progress: tiro.Progress) -> None:
    """Draws a bar, where there is a terminal to draw it on."""
    if sys.stderr.isatty() and progress.fraction is not None:
        bar = "#" * round(progress.fraction * 30)
        print(f"\r{progress.phase:>10} [{bar:<30}] {progress.fraction:4.0%}", end="", file=sys.stderr)


def main() -> int:
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} recording", file=sys.stderr)
        return 2
    try:
        with tiro.Client() as client:
            transcript = client.transcribe(sys.argv[1], on_progress=show)
    except tiro.Error as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    if sys.stderr.isatty():
        print(file=sys.stderr)
    for segment in transcript.segments:
        print(f"{segment.start_ms / 1000:8.2f}  {segment.text}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # the call was cancelled
        sys.exit(130)
