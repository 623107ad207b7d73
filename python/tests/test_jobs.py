"""Jobs with a journal: what is left of them where they stop, and how they go on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from conftest import ENDLESS, run, script

import tiro

pytestmark = pytest.mark.usefixtures("everything_is_logged")

TALK = b"some talk"


def client(journal: Path, **parts: object) -> tiro.Client:
    return tiro.Client("scripted", script=script(**parts), journal=journal)


def test_a_job_that_stopped_is_listed_resumed_and_forgotten(tmp_path: Path) -> None:
    with client(tmp_path / "jobs.db", **ENDLESS) as endless:
        for _ in range(2):
            with pytest.raises(tiro.TimeoutError) as raised:
                endless.transcribe(TALK, name="talk.wav", wait_timeout_ms=50)
        (job,) = endless.jobs()
        assert (job.id, job.name, job.state, job.step) == (
            raised.value.job_id,
            "talk.wav",
            "stopped",
            "uploaded",
        )
        assert job.error == "TIRO_E_TIMEOUT" and job.message and job.quote is None and job.path is None
        assert job.recording_id == raised.value.recording_id and job.changed_at_ms >= job.created_at_ms
        assert job.id in repr(job) and job == endless.jobs()[0]
        with pytest.raises(tiro.TimeoutError):
            endless.resume(job.id, wait_timeout_ms=50)
        (outcome,) = endless.resume_all(wait_timeout_ms=50)
        assert (outcome.job.id, outcome.error) == (job.id, "TIRO_E_TIMEOUT") and outcome.message
        endless.forget(job.id)
        assert endless.jobs() == []
        with pytest.raises(tiro.NotFoundError):
            endless.forget(job.id)


def test_a_job_that_is_done_is_the_same_job(tmp_path: Path) -> None:
    with client(tmp_path / "jobs.db") as done:
        first = done.transcribe(TALK)
        assert done.transcribe(TALK).recording_id == first.recording_id
        assert done.transcribe(TALK, force_new="yes").recording_id != first.recording_id
        assert [job.state for job in done.jobs()] == ["ready", "ready"]


def test_another_recording_under_the_same_key_is_refused(tmp_path: Path) -> None:
    with client(tmp_path / "jobs.db") as keyed:
        keyed.transcribe(TALK, job_key="the talk")
        with pytest.raises(tiro.LocalError) as raised:
            keyed.transcribe(b"some walk", job_key="the talk")
        assert raised.value.name == "TIRO_E_SOURCE_CHANGED"
        assert keyed.jobs()[0].key == "the talk"


def test_asyncio(tmp_path: Path) -> None:
    async def main() -> None:
        settings = {"script": script(**ENDLESS), "journal": tmp_path / "jobs.db"}
        async with tiro.AsyncClient("scripted", **settings) as endless:
            with pytest.raises(tiro.TimeoutError) as raised:
                await endless.transcribe(TALK, wait_timeout_ms=50)
            (job,) = await endless.jobs()
            assert job.id == raised.value.job_id
            with pytest.raises(tiro.TimeoutError):
                await endless.resume(job.id, wait_timeout_ms=50)
            assert len(await endless.resume_all(wait_timeout_ms=50)) == 1
            await endless.forget(job.id)
            assert await endless.jobs() == []

    asyncio.run(main())


def test_another_process_goes_on(tmp_path: Path) -> None:
    talk = tmp_path / "talk.wav"
    talk.write_bytes(TALK)
    program = """
        import os, sys, tiro
        client = tiro.Client("scripted", script=sys.argv[3], journal=sys.argv[1])
        try:
            print(client.transcribe(sys.argv[2], wait_timeout_ms=50).text)
        except tiro.TimeoutError as error:
            print(error.job_id, flush=True)
            os._exit(9)
    """
    journal = tmp_path / "jobs.db"
    first = run(program, str(journal), str(talk), script(**ENDLESS))
    assert first.returncode == 9, first.stderr
    with client(journal) as next_one:
        (job,) = next_one.jobs()
        assert job.id == first.stdout.strip() and job.path == str(talk)
        assert next_one.resume(job.id).text == "Hello world."
