"""The sandbox's hub, heard by Microsoft's own client of SignalR: all five events, each for its real reason.

Run with the folder that has the client installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

from tiro.sandbox import Sandbox

OWNER = "me@example.com"
SCOPES = "openid offline_access email profile integrated-api"


def call(url: str, body: bytes, **headers: str) -> Any:
    """What a POST answers, refusals included."""
    request = Request(
        url, data=body, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )
    try:
        answer = build_opener(ProxyHandler({})).open(request, timeout=30)
    except HTTPError as refused:
        answer = refused
    with answer:
        return json.loads(answer.read() or b"null")


def token(sandbox: Sandbox, email: str) -> str:
    asked = {"client_id": "demo", "client_secret": "demo-secret", "username": email, "scope": SCOPES}
    form = urlencode({"grant_type": "password", **asked}).encode()
    access: str = call(f"{sandbox.url}/connect/token", form)["access_token"]
    return access


def upload(sandbox: Sandbox, access: str, name: str) -> Any:
    body = (
        f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: audio/wav\r\n\r\nRIFF\r\n--b--\r\n"
    ).encode()
    kind = "multipart/form-data; boundary=b"
    return call(f"{sandbox.url}/api/records", body, Content_Type=kind, Authorization=f"Bearer {access}")


class Heard:
    """What the client tells, line by line. A client that says nothing more is ended by its test's time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.counts: dict[str, int] = {}

    def until(self, event: str, **wanted: object) -> list[Any]:
        """Waits for an event, whose first argument has those members; those before it are counted, too."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            self.counts[told["event"]] = self.counts.get(told["event"], 0) + 1
            details = told["details"]
            if told["event"] == event and all(
                details[0].get(name) == value for name, value in wanted.items()
            ):
                return details
        raise AssertionError(f"the client ended before {event} {wanted}")


@contextmanager
def listening(folder: Path, sandbox: Sandbox, access: str) -> Iterator[Heard]:
    script = shutil.copy(Path(__file__).with_suffix(".mjs"), folder)
    command = ["timeout", "120", "node", script, f"{sandbox.url}/hubs/common"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        print(access, file=process.stdin, flush=True)
        try:
            heard = Heard(process)
            version, kind = heard.until("connected")
            assert kind == "string", "the connection was not negotiated"
            print(f"@microsoft/signalr {version} is connected")
            yield heard
        finally:
            process.kill()


def main(folder: Path) -> None:
    with Sandbox(engine="scripted", script={"pace_ms": 20, "text": "Hello there."}) as sandbox:
        access = token(sandbox, OWNER)
        with listening(folder, sandbox, access) as heard:
            assert sandbox.control.hub_connections() == {OWNER: 1}

            record = upload(sandbox, access, "talk.wav")["recordId"]
            statuses = []
            while not statuses or statuses[-1] != "readyForCorrection":
                statuses.append(heard.until("workListChanged", recordId=record)[0]["status"])
            print("workListChanged:", ", ".join(statuses))
            assert statuses[0] == "uploading" and "recognizing" in statuses

            export = json.dumps({"format": "docx"}).encode()
            there = f"{sandbox.url}/api/records/{record}/transcript/export"
            call(there, export, Content_Type="application/json", Authorization=f"Bearer {access}")
            done = heard.until("transcriptExportCompleted", recordId=record)[0]
            print("transcriptExportCompleted:", done["fileName"], done["fileFormat"])
            assert (done["fileName"], done["fileFormat"]) == ("talk.docx", "docx") and done["fileId"]

            sandbox.control.remove_recording(record)
            assert heard.until("refreshWorklist") == []
            print("refreshWorklist")

            sandbox.control.change_account(OWNER, denied_codes=["fileUploadLimitReached"])
            assert upload(sandbox, access, "more.wav")["deniedCodes"] == ["fileUploadLimitReached"]
            denied = heard.until("recordUploadDenied", recordName="more.wav")[0]
            print("recordUploadDenied:", *denied["deniedCodes"])
            assert denied["deniedCodes"] == ["fileUploadLimitReached"]

        managed = "managed@example.com"
        sandbox.control.add_account(managed, "managed", owner=OWNER)
        with listening(folder, sandbox, token(sandbox, managed)) as heard:
            sandbox.control.remove_account(managed)
            assert heard.until("accountDeleted") == []
            heard.until("closed")
            print("accountDeleted, and the connection ends")
            assert heard.process.wait(30) == 0
        log = sandbox.control.log()["entries"]
        negotiated = [entry["status"] for entry in log if entry["operation"] == "negotiate"]
        opened = [entry["status"] for entry in log if entry["operation"] == "events"]
        assert negotiated == [200, 200] and opened == [101, 101], (negotiated, opened)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
