"""Transcribes many recordings with asyncio: a few at a time, results in the order they were given, an error for each
that fails.

python many.py *.wav
"""

import asyncio
import sys
from collections.abc import Iterable

import tiro

AT_ONCE = 4


async def transcribe_all(
    client: tiro.AsyncClient, recordings: Iterable[str]
) -> list[tiro.Transcript | tiro.Error]:
    """What each recording came to, in the order of the recordings."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def transcribe(recording: str) -> tiro.Transcript | tiro.Error:
        async with turns:
            try:
                return await client.transcribe(recording)
            except tiro.Error as error:
                return error

    return await asyncio.gather(*(transcribe(recording) for recording in recordings))


async def main(recordings: list[str]) -> int:
    async with tiro.AsyncClient() as client:
        outcomes = await transcribe_all(client, recordings)
    for recording, outcome in zip(recordings, outcomes, strict=True):
        if isinstance(outcome, tiro.Error):
            print(f"{recording}: {outcome}", file=sys.stderr)
        else:
            print(f"{recording}: {outcome.text}")
    return int(any(isinstance(outcome, tiro.Error) for outcome in outcomes))


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(sys.argv[1:])))
    except KeyboardInterrupt:
        sys.exit(130)
