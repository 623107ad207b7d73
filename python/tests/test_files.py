"""Files that are not there, are none, or may not be touched: the builtin errors, and the name that was asked for."""

from __future__ import annotations

import builtins
import copy
import errno
import os
import pickle
from pathlib import Path

import pytest

import tiro


@pytest.fixture
def transcript() -> tiro.Transcript:
    return tiro.Transcript.from_words([("Hello", 0, 400)])


def test_what_is_not_there(tmp_path: Path, client: tiro.Client, transcript: tiro.Transcript) -> None:
    missing = tmp_path / "nowhere" / "talk.srt"
    for call in (
        lambda: client.upload(missing),
        lambda: transcript.save(missing),
        lambda: tiro.Client(config=missing),
        lambda: client.export_to_path(client.upload(b"x").id, "srt", missing),
    ):
        with pytest.raises(builtins.FileNotFoundError) as raised:
            call()
        error = raised.value
        assert type(error) is tiro.FileNotFoundError and error.name == "TIRO_E_FILE_NOT_FOUND"
        assert (error.filename, error.errno) == (str(missing), errno.ENOENT)
        assert error.strerror == os.strerror(errno.ENOENT)
        assert str(missing) in str(error) and ".tiro-" not in str(error), (
            "the name for now is nobody's business"
        )


def test_what_is_no_file(tmp_path: Path, client: tiro.Client, transcript: tiro.Transcript) -> None:
    folder = tmp_path / "talk.srt"
    folder.mkdir()
    for call in (lambda: client.upload(folder), lambda: transcript.save(folder)):
        with pytest.raises(IsADirectoryError) as raised:
            call()
        error = raised.value
        assert isinstance(error, tiro.NotAFileError) and error.name == "TIRO_E_NOT_A_FILE"
        assert error.filename == str(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_what_may_not_be_touched(tmp_path: Path, client: tiro.Client, transcript: tiro.Transcript) -> None:
    private = tmp_path / "talk.wav"
    private.write_bytes(b"x")
    private.chmod(0)
    with pytest.raises(builtins.PermissionError) as raised:
        client.upload(private)
    assert isinstance(raised.value, tiro.PermissionError) and raised.value.errno == errno.EACCES
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(builtins.PermissionError) as refused:
            transcript.save(tmp_path / "talk.srt")
        assert refused.value.filename == str(tmp_path / "talk.srt")
    finally:
        tmp_path.chmod(0o700)


def test_a_disk_that_is_full(transcript: tiro.Transcript) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError):
        transcript.export_to("txt", full)
    full_error = tiro.FileError("the disk is full", errno=errno.ENOSPC, filename="x", name="TIRO_E_DISK_FULL")
    assert isinstance(full_error, OSError) and full_error.strerror == os.strerror(errno.ENOSPC)


def test_they_travel_with_all_they_know(tmp_path: Path, client: tiro.Client) -> None:
    with pytest.raises(tiro.FileNotFoundError) as raised:
        client.upload(tmp_path / "none.wav")
    error = raised.value
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(twin), str(twin), twin.name) == (type(error), str(error), error.name)
        assert (twin.errno, twin.strerror, twin.filename) == (error.errno, error.strerror, error.filename)


def test_a_path_with_a_nul_is_a_mistake(client: tiro.Client, transcript: tiro.Transcript) -> None:
    for call in (
        lambda: client.upload("a\0b.wav"),
        lambda: transcript.save("a\0b.srt"),
        lambda: tiro.Client(config="a\0b.toml"),
    ):
        with pytest.raises(tiro.UsageError, match="NUL") as raised:
            call()
        assert raised.value.name == "TIRO_E_UTF8"


def test_a_url_is_no_path(client: tiro.Client) -> None:
    with pytest.raises(tiro.FileNotFoundError, match="RemoteSource") as raised:
        client.upload("https://example.com/talk.mp3?signature=s3cr3t")
    assert "s3cr3t" not in str(raised.value)


def test_a_path_may_look_like_a_url(
    tmp_path: Path, client: tiro.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file:").mkdir()
    (tmp_path / "file:" / "talk.wav").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    assert client.upload("file://talk.wav").name == "talk.wav"
