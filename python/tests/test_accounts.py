"""Verbs of services with accounts, as far as no server is needed: logins, links, tokens of the program's own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import tiro

pytestmark = pytest.mark.usefixtures("everything_is_logged")

#: A service with accounts, where nobody serves.
UNSERVED: dict[str, Any] = {
    "api_base_url": "http://127.0.0.1:9",
    "auth_base_url": "http://127.0.0.1:9",
    "client_id": "client",
    "redirect_uri": "http://127.0.0.1:18932/callback",
    "gospeech_link_recording": "http://127.0.0.1:9/r/{recordId}",
    "gospeech_link_worklist": "http://127.0.0.1:9/list",
    "max_retries": 0,
}


@pytest.fixture
def unserved() -> Iterator[tiro.Client]:
    with tiro.Client("gospeech", **UNSERVED) as client:
        yield client


def test_a_service_without_accounts_says_so(client: tiro.Client) -> None:
    calls = [
        client.sign_in,
        client.sign_out,
        client.login,
        client.login_begin,
        lambda: client.complete_login("t", "http://127.0.0.1:1/"),
        client.logout_url,
        lambda: client.request("GET", "/"),
        client.endpoints,
        client.doctor,
        lambda: client.recording_link("1"),
        client.worklist_link,
        lambda: client.create_managed_user("a@example.com", "A", "B"),
        lambda: client.delete_managed_user("1"),
        lambda: client.as_user("a@example.com"),
    ]
    for call in calls:
        with pytest.raises(tiro.UnsupportedError):
            call()


def test_a_login_says_where_to_go(unserved: tiro.Client) -> None:
    login = unserved.login_begin()
    url = urlsplit(login.url)
    query = parse_qs(url.query)
    assert (url.netloc, url.path) == ("127.0.0.1:9", "/connect/authorize")
    assert query["code_challenge_method"] == ["S256"] and query["state"] == [login.state]
    assert query["redirect_uri"] == [UNSERVED["redirect_uri"]]
    assert len(login.ticket) > 40 and login.ticket not in login.url
    for secret in (login.ticket, login.state):
        assert secret not in repr(login) and secret not in str(login)
    assert unserved.login_begin().state != login.state


def test_a_redirect_of_another_login_is_refused(unserved: tiro.Client) -> None:
    login, other = unserved.login_begin(), unserved.login_begin()
    for redirect in (f"?code=c&state={other.state}", "?code=c", f"?error=access_denied&state={login.state}"):
        with pytest.raises(tiro.Error) as raised:
            unserved.complete_login(login.ticket, UNSERVED["redirect_uri"] + redirect)
        assert not isinstance(raised.value, (tiro.ConnectError, tiro.InternalError))
        assert login.state not in str(raised.value) and login.ticket not in str(raised.value)
    with pytest.raises(tiro.Error):
        unserved.complete_login("no ticket", UNSERVED["redirect_uri"])


def test_a_call_that_needs_a_login_is_an_error_unless_told_what_to_do(unserved: tiro.Client) -> None:
    with pytest.raises(tiro.LoginRequiredError) as raised:
        unserved.upload(b"x")
    assert "on_login" in raised.value.hint and raised.value.name == "TIRO_E_LOGIN_REQUIRED"


def test_what_on_login_raises_cancels_the_call(unserved: tiro.Client) -> None:
    logins: list[tiro.Login] = []

    def on_login(login: tiro.Login) -> None:
        logins.append(login)
        raise KeyError("no browser")

    with pytest.raises(KeyError, match="no browser"):
        unserved.transcribe(b"x", on_login=on_login)
    assert len(logins) == 1 and logins[0].url.startswith("http://127.0.0.1:9/")


def test_a_login_that_nobody_goes_through(unserved: tiro.Client) -> None:
    told: list[str] = []
    with pytest.raises(tiro.LoginRequiredError, match="login_timeout_ms"):
        unserved.upload(b"x", on_login=lambda login: told.append(login.url), login_timeout_ms=200)
    assert len(told) == 1
    with pytest.raises(tiro.Error):
        unserved.login(open_browser=told.append, login_timeout_ms=50)
    assert len(told) == 2


def test_a_browser_that_cannot_be_opened_ends_the_login(unserved: tiro.Client) -> None:
    def open_browser(url: str) -> None:
        raise OSError("no display")

    with pytest.raises(OSError, match="no display"):
        unserved.login(open_browser=open_browser)


def test_links(unserved: tiro.Client) -> None:
    assert unserved.recording_link("a/b c") == "http://127.0.0.1:9/r/a%2Fb%20c"
    assert unserved.worklist_link() == "http://127.0.0.1:9/list"
    assert unserved.logout_url().startswith("http://127.0.0.1:9/connect/endsession")
    with pytest.raises(tiro.UsageError):
        unserved.recording_link("")


def test_endpoints(unserved: tiro.Client) -> None:
    endpoints = {endpoint.operation: endpoint for endpoint in unserved.endpoints()}
    upload = endpoints["upload"]
    assert (upload.method, upload.path) == ("POST", "/api/records")
    assert upload.option == "gospeech.path.upload" and upload.standing and upload.source
    with tiro.Client("gospeech", **UNSERVED, gospeech_path_upload="/v2/records") as other:
        upload = {endpoint.operation: endpoint for endpoint in other.endpoints()}["upload"]
    assert (upload.path, upload.standing) == ("/v2/records", "configured")
    assert repr(upload) == "Endpoint(operation='upload', path='/v2/records', standing='configured')"


def test_another_users_client(unserved: tiro.Client) -> None:
    with unserved.as_user("ada@example.com") as user:
        assert repr(user) == "<tiro.Client 'gospeech'>"
        assert user.worklist_link() == unserved.worklist_link()
    with pytest.raises(tiro.UsageError, match="closed"):
        user.worklist_link()
    assert unserved.worklist_link()
    with pytest.raises(tiro.UsageError):
        unserved.as_user("")


def test_a_request_that_is_none_is_refused(unserved: tiro.Client) -> None:
    for method, path in [("TRACE", "/x"), ("GET", "https://example.com/x"), ("GET", "//example.com/x")]:
        with pytest.raises(tiro.UsageError):
            unserved.request(method, path)
    with pytest.raises(TypeError, match="json or body"):
        unserved.request("POST", "/x", json={}, body=b"")
    with pytest.raises(ValueError, match="Out of range float"):
        unserved.request("POST", "/x", json=float("nan"))


def test_tokens_of_the_programs_own() -> None:
    asked: list[tuple[str | None, str]] = []

    def provider(refused: str | None) -> str:
        asked.append((refused, threading.current_thread().name))
        return "token"

    with tiro.Client("gospeech", **UNSERVED, token_provider=provider) as client:
        assert not asked
        client.sign_in()
    assert asked[0][0] is None and asked[0][1] != threading.current_thread().name
    with pytest.raises(tiro.UsageError, match="no access tokens"):
        tiro.Client("scripted", token_provider=provider)


def test_a_token_provider_that_fails_is_the_cause() -> None:
    def provider(refused: str | None) -> str:
        raise PermissionError("the vault s3cr3t is shut")

    with (
        tiro.Client("gospeech", **UNSERVED, token_provider=provider) as client,
        pytest.raises(tiro.AuthError) as raised,
    ):
        client.sign_in()
    assert "PermissionError" in str(raised.value) and "s3cr3t" not in str(raised.value)
    assert isinstance(raised.value.__cause__, PermissionError)
    numbers: Any = lambda refused: 7
    with (
        tiro.Client("gospeech", **UNSERVED, token_provider=numbers) as client,
        pytest.raises(tiro.AuthError, match="TypeError"),
    ):
        client.sign_in()


def test_an_awaited_token() -> None:
    async def provider(refused: str | None) -> str:
        await asyncio.sleep(0.01)
        return "token"

    async def main() -> None:
        async with tiro.AsyncClient("gospeech", **UNSERVED, token_provider=provider) as client:
            await client.sign_in()
        async with tiro.AsyncClient("gospeech", **UNSERVED, token_provider=lambda refused: "t") as client:
            await client.sign_in()

    asyncio.run(main())


def test_the_same_for_asyncio() -> None:
    async def main() -> None:
        async with tiro.AsyncClient("gospeech", **UNSERVED) as client:
            login = await client.login_begin()
            assert login.state in login.url
            assert client.worklist_link() == "http://127.0.0.1:9/list"
            assert len(client.endpoints()) > 10
            with pytest.raises(tiro.LoginRequiredError, match="on_login"):
                await client.upload(b"x")

            waited: list[str] = []

            async def on_login(login: tiro.Login) -> None:
                await asyncio.sleep(0.01)
                waited.append(login.url)

            with pytest.raises(tiro.LoginRequiredError, match="login_timeout_ms"):
                await client.transcribe(b"x", on_login=on_login, login_timeout_ms=200)
            assert len(waited) == 1

            async def failing(login: tiro.Login) -> None:
                raise KeyError("no browser")

            for told in (failing, lambda login: {}["no browser"]):
                with pytest.raises(KeyError, match="no browser"):
                    await client.upload(b"x", on_login=told)
            with pytest.raises(tiro.Error):
                await client.login(open_browser=waited.append, login_timeout_ms=50)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.upload(b"x", on_login=lambda login: None), 0.1)
            async with client.as_user("ada@example.com") as user:
                assert user.worklist_link()

    asyncio.run(main())
