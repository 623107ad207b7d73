"""tiro's sign-in against the certified oidc-provider: PKCE, refresh with rotation, client credentials.

Run with the folder that has the provider installed.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tiro
from person import go_through

SECRET = "a-secret-of-the-certified-provider"
REDIRECT = "http://127.0.0.1:8765/callback"
PERSON = "anna@example.com"
#: The provider's own pages: any person is let in, and then asked.
LOGIN = ({"login": PERSON, "password": "anna-password"}, {})
#: How long its access tokens last, and some.
LIFETIME = 5.0


class Provider:
    """The provider's process, and what it tells of itself."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        self.url: str = first["url"]
        self.version: str = first["version"]
        self._told: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, lines: Iterator[str]) -> None:
        self._told.extend(json.loads(line) for line in lines)

    def told(self, until: str) -> list[dict[str, Any]]:
        """What it told since the last time, up to a line of that kind at least."""
        deadline = time.monotonic() + 30
        while not any(until in line for line in self._told):
            assert time.monotonic() < deadline, f"the provider told {self._told}, and nothing of {until}"
            time.sleep(0.02)
        told, self._told[:] = list(self._told), []
        assert not any("error" in line or "broken" in line for line in told), told
        return told


@contextlib.contextmanager
def provider(folder: Path, method: str) -> Iterator[Provider]:
    script = shutil.copy(Path(__file__).with_name("others_provider.mjs"), folder)
    command = ["node", script, SECRET, method]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, text=True, **pipes) as process:
        try:
            yield Provider(process)
        finally:
            process.kill()


def client(url: str, method: str, **options: Any) -> tiro.Client:
    how = {"client_secret_post": "body", "client_secret_basic": "basic"}[method]
    return tiro.Client(
        "gospeech",
        auth_base_url=url,
        api_base_url=url,
        client_id="certified",
        client_secret=SECRET,
        gospeech_client_auth=how,
        # OpenID Connect has a refresh token given out only where the person is asked: 11 of its core.
        gospeech_path_authorize="/auth?prompt=consent",
        gospeech_path_token="/token",
        gospeech_path_revocation="/token/revocation",
        gospeech_push="off",
        **options,
    )


def persons_login(server: Provider, method: str) -> None:
    with client(server.url, method, redirect_uri=REDIRECT) as nobody:
        try:
            nobody.recordings()
        except tiro.LoginRequiredError:
            print("without a login: LOGIN_REQUIRED")
        else:
            raise AssertionError("nobody logged in, and there is a worklist")
        login, other = nobody.login_begin(), nobody.login_begin()
        redirect = go_through(login.url, *LOGIN)
        try:
            nobody.complete_login(other.ticket, redirect)
        except tiro.Error as error:
            print(f"the redirect of another login: {error.name}")
        else:
            raise AssertionError("the redirect of another login was taken")
        with nobody.complete_login(login.ticket, redirect) as person:
            assert list(person.recordings()) == []
            told = server.told(until="worklist")
            grants = [line["grant"] for line in told if "grant" in line]
            assert grants == ["authorization_code"] and told[-1] == {"worklist": PERSON}, told
            print(f"authorization code with PKCE: a token of {told[-1]['worklist']}")
            for turn in range(1, 4):
                time.sleep(LIFETIME)
                assert list(person.recordings()) == []
                told = server.told(until="worklist")
                grants = [line["grant"] for line in told if "grant" in line]
                consumed = sum("consumed" in line for line in told)
                assert grants == ["refresh_token"] and consumed == 1 and told[-1] == {"worklist": PERSON}, (
                    told
                )
                print(f"refresh {turn}: one request, one refresh token used up and another in its place")


def users_of_a_system(server: Provider, method: str) -> None:
    with client(server.url, method) as system:
        user = system.create_managed_user("managed@example.com", "M", "U")
        told = server.told(until="create_user")
        print(f"client credentials: a token of scope {told[0]['scope']} creates {user.id}")
        assert told == [
            {"grant": "client_credentials", "scope": "management-api"},
            {"create_user": "certified"},
        ], told


def main(folder: Path) -> None:
    for method in ("client_secret_post", "client_secret_basic"):
        with provider(folder, method) as server:
            print(f"oidc-provider {server.version}, {method}")
            persons_login(server, method)
            users_of_a_system(server, method)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
