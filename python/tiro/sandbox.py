"""A server on this machine that speaks the wires of GoSpeech and TranscribeMe, for tests of programs.

>>> from tiro.sandbox import Sandbox
>>> with Sandbox(engine="scripted") as sandbox, sandbox.client() as client:     # doctest: +SKIP
...     print(client.transcribe("talk.wav").text)

It is the program ``tiro-sandbox``, started and ended here. pytest has it as the fixture ``tiro_sandbox``.
"""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import sysconfig
import tempfile
import threading
import warnings
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from . import AsyncClient, Client

__all__ = ["Control", "Sandbox", "SandboxError"]

#: What it speaks the wire of. One literal each: stubtest takes a literal of several for something else.
_Service = Literal["gospeech"] | Literal["transcribeme"]  # noqa: PYI030

#: The client and the accounts that are there from the start.
_APPLICATION = {"client_id": "demo", "client_secret": "demo-secret", "username": "me@example.com"}
_PERSON = {"client_id": "demo-public", "redirect_uri": "http://127.0.0.1:8765/callback"}
_PASSWORD = {"password": "developer-password"}


class SandboxError(Exception):
    """The sandbox was not found, did not start, or refused a call of its control API."""


class Sandbox:
    """A sandbox that runs until ``close()`` or the end of ``with``.

    ``binary`` is the path of ``tiro-sandbox``; without it the program is looked for in the environment's
    ``TIRO_SANDBOX``, beside this interpreter's scripts, and on ``PATH``. ``engine`` is ``"local"`` (real transcripts) or
    ``"scripted"``; ``script`` says what the latter does. ``arguments`` are further ones of the command line, all of which
    ``tiro-sandbox --help`` shows.
    """

    def __init__(
        self,
        *,
        binary: str | os.PathLike[str] | None = None,
        engine: str | None = None,
        script: Mapping[str, Any] | None = None,
        behaviour: Mapping[str, Any] | None = None,
        local: Mapping[str, str | os.PathLike[str]] | None = None,
        paths: Mapping[str, str] | None = None,
        redirect_uris: Iterable[str] = (),
        remote_origins: Iterable[str] = (),
        data: str | os.PathLike[str] | None = None,
        listen: str | None = None,
        listen_storage: str | None = None,
        host: str | None = None,
        tls: tuple[str | os.PathLike[str], str | os.PathLike[str]] | None = None,
        arguments: Iterable[str] = (),
        timeout: float = 60.0,
    ) -> None:
        command = [str(_found(binary)), "--until-stdin-closes"]
        for flag, value in (
            ("--engine", engine),
            ("--listen", listen),
            ("--listen-storage", listen_storage),
            ("--host", host),
            ("--data", data),
        ):
            if value is not None:
                command += [flag, os.fspath(value)]
        for flag, document in (("--script", script), ("--behaviour", behaviour)):
            if document is not None:
                command += [flag, json.dumps(document)]
        for flag, pairs in (("--local", local), ("--path", paths)):
            for key, value in (pairs or {}).items():
                command += [flag, f"{key}={os.fspath(value)}"]
        for uri in redirect_uris:
            command += ["--redirect-uri", uri]
        for origin in remote_origins:
            command += ["--remote-origin", origin]
        if tls is not None:
            command += ["--tls-cert", os.fspath(tls[0]), "--tls-key", os.fspath(tls[1])]
        command += arguments
        self._process, ready = _started(command, timeout)
        #: For ``auth_base_url`` and ``api_base_url`` of GoSpeech.
        self.url: str = ready["url"]
        #: For ``auth_base_url`` and ``api_base_url`` of TranscribeMe.
        self.transcribeme_url: str = ready["transcribeme_url"]
        #: Where TranscribeMe's uploads go if the behaviour says so: an origin of its own.
        self.storage_url: str = ready["storage_url"]
        #: For ``gospeech_link_recording``.
        self.recording_link: str = ready["recording_link"]
        #: For ``gospeech_link_worklist``.
        self.worklist_link: str = ready["worklist_link"]
        #: Where a user's token gets a code that signs a browser in by a link.
        self.link_code_url: str = ready["link_code_url"]
        #: What the sandbox is told to do, and what came.
        self.control = Control(ready["control_url"], ready["control_token"], tls[0] if tls else None)
        self._ca_file = os.fspath(tls[0]) if tls else None

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def options(
        self, service: _Service = "gospeech", *, person: bool = False, **options: Any
    ) -> dict[str, Any]:
        """Keywords for a client of a service: ``gospeech`` or ``transcribeme``.

        They are those of an application with an account of its own, or, at GoSpeech, of a ``person`` who logs in. What is
        given as ``options`` is added, or replaces what would be there.
        """
        if service == "transcribeme":
            if person:
                raise ValueError("TranscribeMe has no login page")
            url, of_service = self.transcribeme_url, {**_APPLICATION, **_PASSWORD}
        elif service == "gospeech":
            links = {
                "gospeech_link_recording": self.recording_link,
                "gospeech_link_worklist": self.worklist_link,
            }
            url, of_service = self.url, {**links, **(_PERSON if person else _APPLICATION)}
        else:
            raise ValueError(f"a sandbox has gospeech and transcribeme, not {service!r}")
        ready: dict[str, Any] = {"auth_base_url": url, "api_base_url": url, **of_service}
        if self._ca_file is not None:
            ready["ca_file"] = self._ca_file
        return {**ready, **options}

    def client(self, service: _Service = "gospeech", *, person: bool = False, **options: Any) -> Client:
        """A :class:`tiro.Client` of these options."""
        from . import Client

        return Client(service, **self.options(service, person=person, **options))

    def async_client(
        self, service: _Service = "gospeech", *, person: bool = False, **options: Any
    ) -> AsyncClient:
        """A :class:`tiro.AsyncClient` of these options."""
        from . import AsyncClient

        return AsyncClient(service, **self.options(service, person=person, **options))

    def close(self) -> None:
        """Ends it, and with it all that it kept in memory."""
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        process = getattr(self, "_process", None)
        if process is not None and process.returncode is None:
            warnings.warn(f"{self!r} was dropped while it ran", ResourceWarning, source=self)
            self.close()

    def __repr__(self) -> str:
        state = "" if self._process.returncode is None else ", ended"
        return f"<tiro.sandbox.Sandbox at {self.url}{state}>"


class Control:
    """The control API of a sandbox. ``docs/sandbox.md`` says what each call takes and gives."""

    def __init__(self, url: str, token: str, ca_file: str | os.PathLike[str] | None = None) -> None:
        self._url, self._token = url, token
        context = ssl.create_default_context(cafile=ca_file)
        # It is on this machine, whatever proxies the environment names.
        self._opener = build_opener(ProxyHandler({}), HTTPSHandler(context=context))

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Any call: gives the answer's JSON."""
        data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        request = Request(self._url + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {self._token}")
        if data is not None:
            request.add_header("Content-Type", "application/json")
        try:
            with self._opener.open(request, timeout=60) as answer:
                return json.load(answer)
        except HTTPError as refused:
            with refused:
                said = refused.read(10_000).decode(errors="replace")
            raise SandboxError(f"{method} {path}: {refused.code}: {said}") from None

    def log(
        self, *, since: int | None = None, operation: str | None = None, limit: int | None = None
    ) -> dict[str, Any]:
        """The requests that came: ``entries``, ``next``, ``totals``, ``refreshes``, ``created_recordings``."""
        query = {"since": since, "operation": operation, "limit": limit}
        given = urlencode({key: value for key, value in query.items() if value is not None})
        log: dict[str, Any] = self.call("GET", f"/log?{given}")
        return log

    def clear_log(self) -> None:
        """Forgets the requests that came."""
        self.call("DELETE", "/log")

    def fault(self, **fault: Any) -> int:
        """Does something to requests to come, such as ``fault(operation="upload", status=503, times=2)``."""
        number: int = self.call("POST", "/faults", fault)["numbers"][0]
        return number

    def faults(self) -> list[dict[str, Any]]:
        """The faults, and how often each was done."""
        faults: list[dict[str, Any]] = self.call("GET", "/faults")["faults"]
        return faults

    def clear_faults(self) -> None:
        """Takes all faults back."""
        self.call("DELETE", "/faults")

    def behaviour(self, **changes: Any) -> dict[str, Any]:
        """What can be changed while it runs, after these changes."""
        method = "PATCH" if changes else "GET"
        behaviour: dict[str, Any] = self.call(method, "/behaviour", changes or None)
        return behaviour

    def set_engine(self, *rules: Mapping[str, Any]) -> None:
        """Which engine takes which recording; no rules: as at the start."""
        self.call("PUT", "/engine", {"rules": rules})

    def hub_connections(self) -> dict[str, int]:
        """How many connections to the hub each account has, by e-mail."""
        connections: dict[str, int] = self.call("GET", "/hub")["connections"]
        return connections

    def order_hub(self, order: object, *, account: str | None = None) -> int:
        """Tells the hub to do something to its connections; gives how many."""
        body = {"order": order} if account is None else {"order": order, "account": account}
        count: int = self.call("POST", "/hub", body)["connections"]
        return count

    def accounts(self) -> list[dict[str, Any]]:
        """Every account."""
        accounts: list[dict[str, Any]] = self.call("GET", "/accounts")["accounts"]
        return accounts

    def add_account(self, email: str, kind: str = "user", **details: Any) -> dict[str, Any]:
        """Adds an account: a ``user``, a ``developer``, or a ``managed`` user of an ``owner``."""
        account: dict[str, Any] = self.call("POST", "/accounts", {"email": email, "kind": kind, **details})
        return account

    def change_account(self, email: str, **details: Any) -> dict[str, Any]:
        """Gives an account a ``password``, or ``denied_codes`` that its uploads are refused with."""
        account: dict[str, Any] = self.call("PATCH", f"/accounts/{_escaped(email)}", details)
        return account

    def remove_account(self, email: str) -> None:
        """Deletes an account, as the vendor does."""
        self.call("DELETE", f"/accounts/{_escaped(email)}")

    def link_code(self, email: str) -> str:
        """A code that signs a browser in as an account, by a link."""
        code: str = self.call("POST", f"/accounts/{_escaped(email)}/link-code")["code"]
        return code

    def put_client(self, id: str, *, owner: str = "me@example.com", **details: Any) -> None:
        """Adds or changes an API client: its ``secret``, ``grants``, ``redirect_uris``, ``any_loopback_port``."""
        self.call("PUT", f"/clients/{_escaped(id)}", {"owner": owner, **details})

    def expire_tokens(self, *, account: str | None = None, kind: str = "access") -> int:
        """Ends tokens before their time: ``access``, ``refresh`` or ``both``."""
        body = {"kind": kind} if account is None else {"kind": kind, "account": account}
        count: int = self.call("POST", "/tokens/expire", body)["expired"]
        return count

    def revoke_logins(self, *, account: str | None = None) -> int:
        """Ends logins, with all their tokens."""
        body = {} if account is None else {"account": account}
        count: int = self.call("POST", "/tokens/revoke", body)["ended_logins"]
        return count

    def recordings(self, *, account: str | None = None) -> list[dict[str, Any]]:
        """What the sandbox has, with size and SHA-256 of what came."""
        query = "" if account is None else f"?{urlencode({'account': account})}"
        recordings: list[dict[str, Any]] = self.call("GET", f"/recordings{query}")["recordings"]
        return recordings

    def add_recordings(self, account: str = "me@example.com", count: int = 1, **details: Any) -> list[str]:
        """Puts recordings on a worklist, without an upload; gives their ids."""
        ids: list[str] = self.call("POST", "/recordings", {"account": account, "count": count, **details})[
            "ids"
        ]
        return ids

    def remove_recording(self, id: str) -> None:
        """Takes a recording away."""
        self.call("DELETE", f"/recordings/{_escaped(id)}")

    def set_status(self, id: str, status: str, **details: Any) -> None:
        """Gives a recording a status, any, and tells of it."""
        self.call("POST", f"/recordings/{_escaped(id)}/status", {"status": status, **details})

    def set_transcript(self, id: str, document: object) -> None:
        """Gives a recording a transcript: the vendor's document, as text or as what its JSON is."""
        self.call("PUT", f"/recordings/{_escaped(id)}/transcript", document)

    def transcribeme_recordings(self, *, account: str | None = None) -> list[dict[str, Any]]:
        """What TranscribeMe's half has: ``sha256``, ``size``, ``parts``, ``commits``, ``status``, ``orders`` of each."""
        query = "" if account is None else f"?{urlencode({'account': account})}"
        recordings: list[dict[str, Any]] = self.call("GET", f"/transcribeme/recordings{query}")["recordings"]
        return recordings

    def transcribeme_orders(self, *, account: str | None = None) -> list[dict[str, Any]]:
        """The orders of TranscribeMe's half: ``placed`` says how often each was bought, ``price`` for how much."""
        query = "" if account is None else f"?{urlencode({'account': account})}"
        orders: list[dict[str, Any]] = self.call("GET", f"/transcribeme/orders{query}")["orders"]
        return orders

    def set_price(self, order: str, *, total: str | None = None, refund: str | None = None) -> None:
        """Lets an order of TranscribeMe's half cost that from now on: decimal text."""
        given = {"total": total, "refund": refund}
        body = {key: value for key, value in given.items() if value is not None}
        self.call("POST", f"/transcribeme/orders/{_escaped(order)}/price", body)

    def add_transcribeme_recordings(
        self, account: str = "me@example.com", count: int = 1, **details: Any
    ) -> list[str]:
        """Puts recordings there, without an upload, of a ``status`` (3, transcribed); gives their ids."""
        body = {"account": account, "count": count, **details}
        ids: list[str] = self.call("POST", "/transcribeme/recordings", body)["ids"]
        return ids

    def set_transcribeme_status(self, id: str, status: int, **details: Any) -> None:
        """Gives a recording of TranscribeMe's half a status, any number."""
        body = {"status": status, **details}
        self.call("POST", f"/transcribeme/recordings/{_escaped(id)}/status", body)

    def __repr__(self) -> str:
        return f"<tiro.sandbox.Control at {self._url}>"


def _escaped(part: str) -> str:
    return quote(part, safe="")


def _found(binary: str | os.PathLike[str] | None) -> Path:
    """Where the program is."""
    name = "tiro-sandbox.exe" if os.name == "nt" else "tiro-sandbox"
    named = binary or os.environ.get("TIRO_SANDBOX")
    if named:
        path = Path(named)
        if not path.is_file():
            raise SandboxError(f"there is no tiro-sandbox at {path}")
        return path
    folders = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    beside = (folder / name for folder in folders if (folder / name).is_file())
    on_path = shutil.which(name)
    if (found := next(beside, Path(on_path) if on_path else None)) is None:
        raise SandboxError(
            "tiro-sandbox was not found. It is built in tiro's sources with `cargo build --release -p tiro-sandbox`; give "
            "its path as Sandbox(binary=...), in the environment's TIRO_SANDBOX, or put it on PATH"
        )
    return found


def _started(command: list[str], timeout: float) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    """The process, and what it said of itself when it was ready."""
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
            )
        except OSError as error:
            raise SandboxError(f"{command[0]} could not be started: {error}") from error
        lines: list[bytes] = []
        output: IO[bytes] | None = process.stdout
        reader = threading.Thread(
            target=lambda: lines.append(output.readline() if output else b""), daemon=True
        )
        reader.start()
        reader.join(timeout)
        if lines and lines[0].endswith(b"\n"):
            return process, json.loads(lines[0])
        process.kill()
        process.wait()
        reader.join()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        complaints.seek(0)
        said = complaints.read(10_000).decode(errors="replace").strip()
        raise SandboxError(f"tiro-sandbox did not start: {said or f'nothing came in {timeout:g} s'}")
