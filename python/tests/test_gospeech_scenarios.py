"""The vendor's three integration scenarios, each step a test by its number, against the sandbox."""

from __future__ import annotations

import asyncio
import io
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from person import Person, log_in_and_return

import tiro
from tiro.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("everything_is_logged")

SOUND = b"RIFF and so on"
SAID = "This transcript was written beforehand."


@pytest.fixture
def system(tiro_sandbox: Sandbox) -> Iterator[tiro.Client]:
    """The one user that a whole system is."""
    with tiro_sandbox.client() as client:
        yield client


@pytest.fixture
def developer(tiro_sandbox: Sandbox) -> Iterator[tiro.Client]:
    """Whoever manages users."""
    with tiro_sandbox.client(username=None) as client:
        yield client


@pytest.fixture
def anna(developer: tiro.Client) -> Iterator[tiro.Client]:
    """A managed user's client."""
    developer.create_managed_user("anna.m@example.com", "Anna", "Managed")
    with developer.as_user("anna.m@example.com") as client:
        yield client


class TestScenario1:
    """The system is one user."""

    def test_1_the_connection_is_configured(self, tiro_sandbox: Sandbox, system: tiro.Client) -> None:
        system.sign_in()
        with tiro_sandbox.client(client_secret="wrong") as wrong, pytest.raises(tiro.AuthError) as raised:
            wrong.sign_in()
        assert raised.value.service_code and raised.value.hint
        assert "wrong" not in str(raised.value)

    def test_2_the_system_uploads_a_file(self, tiro_sandbox: Sandbox, system: tiro.Client) -> None:
        recording = system.upload(SOUND, name="talk.wav")
        (held,) = tiro_sandbox.control.recordings()
        assert (recording.id, recording.name) == (held["id"], "talk.wav")
        assert held["size"] == len(SOUND) and recording.raw_status
        assert tiro_sandbox.control.log()["created_recordings"] == 1

    def test_3_the_system_lists_all_records(self, tiro_sandbox: Sandbox, system: tiro.Client) -> None:
        tiro_sandbox.control.add_recordings(count=25, title="talk")
        pages = [system.recordings(offset, 10) for offset in (0, 10, 20)]
        assert [len(page) for page in pages] == [10, 10, 5] and pages[0].total == 25
        assert len({recording.id for page in pages for recording in page}) == 25

    def test_4_the_system_gets_status_updates(self, tiro_sandbox: Sandbox, system: tiro.Client) -> None:
        with system.events() as events:
            recording = system.upload(SOUND, name="talk.wav")
            seen = []
            for event in events:
                if event.recording is not None and event.recording_id == recording.id:
                    seen.append(event.recording.status)
                    if event.recording.is_final:
                        break
        assert seen[-1] == "ready"
        ready = system.wait(recording.id)
        assert (ready.status, ready.raw_status) == ("ready", "readyForCorrection") and ready.changed_at_ms
        tiro_sandbox.control.set_status(recording.id, "correctingBy", corrector_name="Max")
        assert system.recording(recording.id).editor == "Max"

    def test_5_the_system_gets_the_transcript(self, system: tiro.Client, tmp_path: Path) -> None:
        transcript = system.transcribe(SOUND, name="talk.wav")
        assert SAID in transcript.text and transcript.raw
        id = transcript.recording_id
        assert system.transcript(id) == transcript
        assert SAID in system.export(id, "txt").text
        document = zipfile.ZipFile(io.BytesIO(system.export(id, "docx").content))
        assert b"beforehand" in document.read("word/document.xml")
        path = system.export_to_path(id, "pdf", tmp_path / "talk.pdf")
        assert path.read_bytes().startswith(b"%PDF-")
        assert system.export(id, "srt").text.startswith("1\n")

    def test_6_the_system_deletes_the_record(self, tiro_sandbox: Sandbox, system: tiro.Client) -> None:
        (id,) = tiro_sandbox.control.add_recordings()
        system.delete(id)
        assert tiro_sandbox.control.recordings() == []
        with pytest.raises(tiro.NotFoundError):
            system.recording(id)

    def test_all_of_it_with_asyncio(self, tiro_sandbox: Sandbox, tmp_path: Path) -> None:
        async def main() -> None:
            async with tiro_sandbox.async_client() as client:
                recording = await client.upload(SOUND, name="talk.wav")
                assert [listed.id for listed in await client.recordings()] in ([], [recording.id])
                assert (await client.wait(recording.id)).status == "ready"
                assert SAID in (await client.transcript(recording.id)).text
                await client.export_to_path(recording.id, "docx", tmp_path / "talk.docx")
                await client.delete(recording.id)

        asyncio.run(main())
        assert zipfile.is_zipfile(tmp_path / "talk.docx")


class TestScenario2:
    """Users that the system manages."""

    def test_1_the_connection_is_configured(self, developer: tiro.Client) -> None:
        diagnosis = developer.doctor()
        assert diagnosis.service == "gospeech" and len(diagnosis.probes) > 10
        assert {probe.outcome for probe in diagnosis.probes} <= {"works", "fails", "not probed"}
        assert len(str(diagnosis).splitlines()) == len(diagnosis.probes)

    def test_2_end_users_are_added(self, developer: tiro.Client) -> None:
        user = developer.create_managed_user("berta@example.com", "Berta", "Example", initials="BE")
        assert user.id and user.email == "berta@example.com" and user.raw
        assert "berta" not in repr(user)
        with pytest.raises(tiro.ServiceError) as raised:
            developer.create_managed_user("berta@example.com", "Berta", "Again")
        assert raised.value.name == "TIRO_E_CONFLICT"
        with pytest.raises(tiro.ServiceError) as raised:
            developer.create_managed_user("no e-mail", "Berta", "Example")
        assert raised.value.name == "TIRO_E_REJECTED" and "email" in str(raised.value.detail)

    def test_3_and_4_the_end_user_uploads(self, tiro_sandbox: Sandbox, anna: tiro.Client) -> None:
        recording = anna.upload(SOUND, name="talk.wav")
        (held,) = tiro_sandbox.control.recordings(account="anna.m@example.com")
        assert held["id"] == recording.id

    def test_5_the_file_is_shown_with_its_status(self, anna: tiro.Client) -> None:
        id = anna.upload(SOUND, name="talk.wav").id
        assert anna.wait(id).status == "ready"
        assert [listed.id for listed in anna.recordings()] == [id]

    def test_6_and_7_the_record_and_the_worklist_are_opened(
        self, tiro_sandbox: Sandbox, anna: tiro.Client
    ) -> None:
        transcript = anna.transcribe(SOUND, name="talk.wav")
        code = tiro_sandbox.control.link_code("anna.m@example.com")
        person = Person()
        person.open(f"{anna.worklist_link()}?code={code}")
        assert "talk.wav" in person.open(anna.worklist_link())[1]
        assert "beforehand" in person.open(anna.recording_link(transcript.recording_id))[1]

    def test_8_the_developer_removes_an_end_user(self, developer: tiro.Client) -> None:
        user = developer.create_managed_user("cora@example.com", "Cora", "Example")
        with developer.as_user("cora@example.com") as cora:
            cora.upload(SOUND, name="talk.wav")
            developer.delete_managed_user(user.id)
            with pytest.raises(tiro.AuthError):
                cora.upload(SOUND, name="talk.wav")
        with pytest.raises(tiro.NotFoundError):
            developer.delete_managed_user(user.id)


@pytest.fixture
def redirect_uri() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/callback"


@pytest.fixture
def tiro_sandbox_settings(tiro_sandbox_settings: dict[str, Any], redirect_uri: str) -> dict[str, Any]:
    return {**tiro_sandbox_settings, "redirect_uris": [redirect_uri]}


@pytest.fixture
def nobody(tiro_sandbox: Sandbox, redirect_uri: str) -> Iterator[tiro.Client]:
    """A client for persons, before anybody has logged in."""
    with tiro_sandbox.client(person=True, redirect_uri=redirect_uri) as client:
        yield client


class TestScenario3:
    """Persons with accounts of their own."""

    def test_1_the_connection_is_configured(self, nobody: tiro.Client) -> None:
        assert nobody.login_begin().url

    def test_2_the_end_user_registers_at_gospeech(self, tiro_sandbox: Sandbox, nobody: tiro.Client) -> None:
        # By themselves: no verb of tiro's has to do with it.
        tiro_sandbox.control.add_account("dora@example.com", password="dora-password")
        login = nobody.login_begin()
        back = Person().log_in(login.url, "dora@example.com", "dora-password")
        with nobody.complete_login(login.ticket, back) as dora:
            assert len(dora.recordings()) == 0

    def test_3_the_end_user_starts_an_upload(self, nobody: tiro.Client) -> None:
        phases = []
        with pytest.raises(tiro.LoginRequiredError):
            nobody.upload(SOUND, on_progress=lambda progress: phases.append(progress.phase))
        with pytest.raises(tiro.LoginRequiredError):
            nobody.recordings()
        assert set(phases) <= {"starting", "login_required"}

    def test_4_and_5_the_end_user_logs_in_and_the_upload_goes_on(self, nobody: tiro.Client) -> None:
        persons = []

        def on_login(login: tiro.Login) -> None:
            persons.append(nobody.receive_login(login, open_browser=in_background(log_in_and_return)))

        transcript = nobody.transcribe(SOUND, name="talk.wav", on_login=on_login)
        assert SAID in transcript.text
        (anna,) = persons
        assert [listed.id for listed in anna.recordings()] == [transcript.recording_id]
        with pytest.raises(tiro.LoginRequiredError):
            nobody.recordings()

    def test_the_same_with_asyncio(self, tiro_sandbox: Sandbox, redirect_uri: str) -> None:
        async def main() -> None:
            async with tiro_sandbox.async_client(person=True, redirect_uri=redirect_uri) as nobody:

                async def on_login(login: tiro.Login) -> None:
                    await nobody.receive_login(login, open_browser=log_in_and_return)

                transcript = await nobody.transcribe(SOUND, name="talk.wav", on_login=on_login)
                assert SAID in transcript.text
                anna = await nobody.login(open_browser=log_in_and_return)
                assert [listed.id for listed in await anna.recordings()] == [transcript.recording_id]

        asyncio.run(main())

    def test_swapped_redirects_are_refused(self, tiro_sandbox: Sandbox, nobody: tiro.Client) -> None:
        tiro_sandbox.control.add_account("dora@example.com", password="dora-password")
        one, other = nobody.login_begin(), nobody.login_begin()
        back_of_one = Person().log_in(one.url)
        back_of_other = Person().log_in(other.url, "dora@example.com", "dora-password")
        for ticket, back in ((one.ticket, back_of_other), (other.ticket, back_of_one)):
            with pytest.raises(tiro.AuthError):
                nobody.complete_login(ticket, back)
        with nobody.complete_login(one.ticket, back_of_one) as anna:
            assert len(anna.recordings()) == 0
        with pytest.raises(tiro.AuthError):
            nobody.complete_login(one.ticket, back_of_one)

    def test_a_person_logs_out(self, nobody: tiro.Client) -> None:
        anna = nobody.login(open_browser=in_background(log_in_and_return))
        anna.sign_out()
        with pytest.raises(tiro.LoginRequiredError):
            anna.recordings()
        assert urlsplit(nobody.logout_url()).path == "/connect/endsession"


def in_background(browser: Any) -> Any:
    """A browser does not keep the program that opened it waiting."""
    return lambda url: threading.Thread(target=browser, args=(url,)).start()


def test_a_request_of_ones_own(tiro_sandbox: Sandbox, system: tiro.Client) -> None:
    tiro_sandbox.control.add_recordings(count=2)
    document = system.request("GET", "/api/records/worklist?offset=0&limit=1")
    assert document.http_status == 200 and document.content_type.startswith("application/json")
    assert len(document.json()["items"]) == 1
    missing = system.request("POST", "/api/nothing", json={"a": 1})
    assert missing.http_status == 404


def test_a_token_that_is_refused_is_asked_for_again(tiro_sandbox: Sandbox) -> None:
    token = tiro_sandbox.control
    options = tiro_sandbox.options(client_secret=None, username=None)
    given: list[str | None] = []

    def provider(refused: str | None) -> str:
        given.append(refused)
        return own_token(tiro_sandbox) if refused else "stale"

    with tiro.Client("gospeech", token_provider=provider, **options) as client:
        assert len(client.recordings()) == 0
    assert given[:2] == [None, "stale"]
    assert token.log(operation="recordings")["totals"]["recordings"]["statuses"]["401"] == 1


def own_token(sandbox: Sandbox) -> str:
    """A token that the program has from elsewhere."""
    import json
    from urllib.parse import urlencode
    from urllib.request import ProxyHandler, build_opener

    fields = {
        "grant_type": "password",
        "client_id": "demo",
        "client_secret": "demo-secret",
        "username": "me@example.com",
        "scope": "openid integrated-api",
    }
    direct = build_opener(ProxyHandler({}))
    with direct.open(f"{sandbox.url}/connect/token", urlencode(fields).encode()) as answer:
        token: str = json.load(answer)["access_token"]
    return token
