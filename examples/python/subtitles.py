"""Transcribes a recording on this machine into a file of subtitles, a document or a table: the file's name says which.

python subtitles.py talk.wav talk.srt
python subtitles.py talk.wav talk.vtt "what to look for"
"""

import sys

import tiro


def main() -> int:
    if len(sys.argv) not in (3, 4):
        print(f"usage: {sys.argv[0]} recording file [phrase]", file=sys.stderr)
        return 2
    recording, file, *phrases = sys.argv[1:]
    try:
        with tiro.Client() as client:
            transcript = client.transcribe(recording)
        path = transcript.save(file, subtitle_line_chars=37)
    except tiro.Error as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: {len(transcript.words)} words")
    for phrase in phrases:
        for match in transcript.find(phrase):
            print(f"{match.start_ms / 1000:8.2f}  {transcript.segments[match.segment].text}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # the call was cancelled
        sys.exit(130)
