"""The sandbox from Python: found, started, controlled, ended."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from conftest import eventually, run_clean

import tiro
from tiro.sandbox import Sandbox, SandboxError

pytestmark = pytest.mark.usefixtures("everything_is_logged")


def alive(pid: int) -> bool:
    """Whether a process runs: one that has ended may stay in the table, where nobody takes notice of its end."""
    try:
        entry = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return entry.rpartition(")")[2].split()[0] not in ("Z", "X")


def test_it_ends_with_its_block(tiro_sandbox_settings: dict[str, Any]) -> None:
    with Sandbox(**tiro_sandbox_settings) as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:") and alive(sandbox.pid)
        assert repr(sandbox) == f"<tiro.sandbox.Sandbox at {sandbox.url}>"
        with sandbox.client() as client:
            assert len(client.recordings()) == 0
    assert not alive(sandbox.pid) and repr(sandbox).endswith(", ended>")
    sandbox.close()


def test_it_ends_with_its_program(tiro_sandbox_settings: dict[str, Any]) -> None:
    program = """
        import os, sys
        from tiro.sandbox import Sandbox
        print(Sandbox(engine="scripted").pid, flush=True)
        os._exit(0)
    """
    pid = int(run_clean(program))
    eventually(lambda: not alive(pid), "it has not ended")


def test_what_it_is_told_and_what_came(tiro_sandbox: Sandbox) -> None:
    control = tiro_sandbox.control
    assert control.behaviour()["export_ms"] == 200
    assert control.behaviour(export_ms=5)["export_ms"] == 5
    number = control.fault(operation="recordings", status=503, times=2)
    assert [fault["number"] for fault in control.faults()] == [number]
    control.clear_faults()
    ids = control.add_recordings(count=3, title="talk")
    control.set_status(ids[0], "recognizing")
    control.set_transcript(ids[1], {"segments": []})
    control.remove_recording(ids[2])
    with tiro_sandbox.client() as client:
        listed = {recording.id: recording.status for recording in client.recordings()}
    assert listed == {ids[0]: "processing", ids[1]: "ready"}
    assert control.log()["totals"]["recordings"]["requests"] == 1
    control.clear_log()
    assert control.log()["entries"] == []
    control.add_account("dora@example.com", password="x")
    control.change_account("dora@example.com", denied_codes=["badRecordUpload"])
    control.put_client("other", secret="x", any_loopback_port=True)
    assert "dora@example.com" in {account["email"] for account in control.accounts()}
    assert control.link_code("dora@example.com")
    control.remove_account("dora@example.com")
    assert control.expire_tokens(kind="both") >= 1 and control.revoke_logins() >= 0
    control.set_engine()
    assert control.hub_connections() == {} and control.order_hub("cut") == 0
    with pytest.raises(SandboxError, match="404"):
        control.remove_recording("no such id")


def test_transcribeme_is_its_other_half(tiro_sandbox: Sandbox) -> None:
    options = tiro_sandbox.options("transcribeme", provider="Google")
    assert options["api_base_url"] == tiro_sandbox.transcribeme_url == f"{tiro_sandbox.url}/api/v1"
    assert (
        options["password"] and options["provider"] == "Google" and "gospeech_link_recording" not in options
    )
    for wrong in ({"service": "local"}, {"service": "transcribeme", "person": True}):
        with pytest.raises(ValueError):
            tiro_sandbox.options(**wrong)
    control = tiro_sandbox.control
    (id,) = control.add_transcribeme_recordings(name="talk.wav")
    control.set_transcribeme_status(id, 17)
    (kept,) = control.transcribeme_recordings(account="me@example.com")
    assert (kept["id"], kept["status"], kept["name"]) == (id, 17, "talk.wav")
    assert control.transcribeme_orders() == []
    with pytest.raises(SandboxError, match="404"):
        control.set_price("no such id", total="1.00")
    changed = control.behaviour(transcribeme={"latency_ms": 1})["transcribeme"]
    assert (changed["latency_ms"], changed["prices"]["2"]) == (1, "1.25")


def test_no_secret_is_shown(tiro_sandbox: Sandbox) -> None:
    shown = repr(tiro_sandbox) + repr(tiro_sandbox.control) + repr(tiro_sandbox.client())
    assert tiro_sandbox.control._token not in shown and "demo-secret" not in shown


def test_one_that_is_not_there_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SandboxError, match="there is no tiro-sandbox at"):
        Sandbox(binary=tmp_path / "nothing")
    monkeypatch.delenv("TIRO_SANDBOX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    with pytest.raises(SandboxError, match="cargo build --release -p tiro-sandbox"):
        Sandbox()


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "tiro-sandbox"
    broken.write_text("#!/bin/sh\necho 'no port left' >&2\nexit 1\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(SandboxError, match="no port left"):
        Sandbox(binary=broken)
    silent = tmp_path / "silent"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    silent.chmod(broken.stat().st_mode)
    with pytest.raises(SandboxError, match="nothing came"):
        Sandbox(binary=silent, timeout=0.3)
    with pytest.raises(SandboxError, match="could not be started"):
        Sandbox(binary=Path(__file__))


def test_bad_arguments_are_the_programs_own_to_refuse(tiro_sandbox_settings: dict[str, Any]) -> None:
    with pytest.raises(SandboxError, match="engine"):
        Sandbox(engine="nobody")
    with pytest.raises(SandboxError, match="behaviour|nonsense"):
        Sandbox(**tiro_sandbox_settings, behaviour={"nonsense": 1})


def test_scenarios_of_faults(tiro_sandbox: Sandbox) -> None:
    tiro_sandbox.control.add_recordings()
    tiro_sandbox.control.fault(operation="recordings", status=503, times=2)
    with tiro_sandbox.client() as client:
        assert len(client.recordings()) == 1
        tiro_sandbox.control.fault(operation="recordings", status=429, headers={"Retry-After": "3600"})
        with pytest.raises(tiro.RateLimitedError) as raised:
            client.recordings()
    assert raised.value.retry_after == 3600
