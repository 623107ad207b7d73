"""Scenario I, the whole system is one GoSpeech user: upload, list, follow, fetch in every format, delete.

python gospeech_system.py talk.wav

The account comes from the environment: TIRO_CLIENT_ID, TIRO_CLIENT_SECRET, TIRO_USERNAME; against the sandbox also
TIRO_AUTH_BASE_URL and TIRO_API_BASE_URL (docs/gospeech.md).
"""

import sys
from pathlib import Path

import tiro


def main() -> int:
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} recording", file=sys.stderr)
        return 2
    source = Path(sys.argv[1])
    try:
        with tiro.Client("gospeech", environment=True) as client:
            recording = client.upload(source)
            print(f"uploaded as {recording.id}")
            for listed in client.recordings():
                print(f"  {listed.id}  {listed.raw_status:20} {listed.name}")
            recording = client.wait(recording.id)
            print(f"status: {recording.raw_status}")
            print(client.transcript(recording.id).text)
            for file_format in ("txt", "docx", "pdf"):
                path = source.with_suffix(f".{file_format}")
                print(client.export_to_path(recording.id, file_format, path))
            client.delete(recording.id)
    except tiro.Error as error:
        print(error, error.hint, sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
