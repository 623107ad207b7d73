"""Errors: every row of the core's table is a class, and what the core knows arrives."""

from __future__ import annotations

import builtins
import copy
import pickle

import pytest
from conftest import script

import tiro
from tiro import _tiro, errors

TABLE = _tiro.error_table()


def raised_by(code: str, **details: object) -> tiro.Error:
    failing = script(errors={"upload": {"code": code, **details}})
    with tiro.Client("scripted", script=failing) as client, pytest.raises(tiro.Error) as raised:
        client.upload(b"x")
    return raised.value


def test_the_table_is_total() -> None:
    assert len(TABLE) > 40
    for code, name, class_name, _, meaning in TABLE:
        assert code < 0 and name.startswith("TIRO_E_") and meaning
        kind = getattr(tiro, class_name, None)
        assert isinstance(kind, type) and issubclass(kind, tiro.Error), (name, class_name)


def test_every_class_is_used_and_exported() -> None:
    used = {class_name for _, _, class_name, _, _ in TABLE}
    # `Error` is the root, and raised by nobody.
    assert used == set(errors.__all__) - {"Error"}
    assert set(errors.__all__) <= set(tiro.__all__)


@pytest.mark.parametrize(("code", "name", "class_name", "retriable"), [row[:4] for row in TABLE])
def test_each_error_arrives_as_its_class(code: int, name: str, class_name: str, retriable: bool) -> None:
    error = raised_by(name)
    assert type(error) is getattr(tiro, class_name)
    assert (error.code, error.name, error.is_retriable) == (code, name, retriable)


def test_an_error_says_all_it_knows() -> None:
    error = raised_by(
        "TIRO_E_RATE_LIMITED",
        message="slow down",
        http_status=429,
        retry_after_ms=1500,
        service_code="busy",
        request_id="r-1",
    )
    assert isinstance(error, tiro.RateLimitedError) and isinstance(error, tiro.ServiceError)
    assert (error.message, str(error), error.hint) == ("slow down", "slow down", "")
    assert (error.http_status, error.retry_after) == (429, 1.5)
    assert (error.service_code, error.request_id) == ("busy", "r-1")
    assert (error.recording_id, error.job_id) == ("", "")


def test_what_is_not_known_is_none_or_empty() -> None:
    error = raised_by("TIRO_E_SERVICE")
    assert error.http_status is None and error.retry_after is None and error.service_code == ""


def test_the_hint_is_in_the_text() -> None:
    with pytest.raises(tiro.OptionError) as raised:
        tiro.Client(modle="x")  # type: ignore[call-arg]
    assert raised.value.hint == 'did you mean "model"?'
    assert str(raised.value) == f"{raised.value.message}; {raised.value.hint}"


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (tiro.ConnectError, ConnectionError),
        (tiro.TimeoutError, builtins.TimeoutError),
        (tiro.FileError, OSError),
        (tiro.FileNotFoundError, builtins.FileNotFoundError),
        (tiro.PermissionError, builtins.PermissionError),
        (tiro.NotAFileError, IsADirectoryError),
    ],
)
def test_some_are_builtin_errors_too(kind: type[tiro.Error], builtin: type[Exception]) -> None:
    assert issubclass(kind, builtin) and issubclass(kind, tiro.Error)
    assert str(kind("what", hint="how")) == "what; how"


def test_a_missing_file(client: tiro.Client) -> None:
    with pytest.raises(FileNotFoundError) as raised:
        client.transcribe("there is no such file.wav")
    assert isinstance(raised.value, tiro.FileNotFoundError)
    assert raised.value.errno == 2 and "there is no such file.wav" in str(raised.value)


@pytest.mark.parametrize("name", ["TIRO_E_RATE_LIMITED", "TIRO_E_TIMEOUT", "TIRO_E_FILE_NOT_FOUND"])
def test_errors_travel_between_processes(name: str) -> None:
    error = raised_by(name, message="what", request_id="r-1")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error) and twin.__dict__ == error.__dict__ and str(twin) == str(error)


def test_a_failed_recording_names_itself() -> None:
    failing = script(statuses=[{"status": "failed", "raw": "kaputt", "failure": "too quiet"}])
    with (
        tiro.Client("scripted", script=failing) as client,
        pytest.raises(tiro.RecordingFailedError) as raised,
    ):
        client.transcribe(b"x")
    assert raised.value.recording_id == "scripted-1" and "too quiet" in str(raised.value)


def test_a_panic_of_the_core_is_an_error_of_its_own() -> None:
    with pytest.raises(tiro.InternalError):
        tiro.Client("scripted", script=script(panic="open"))
    with tiro.Client("scripted", script=script(panic="upload")) as client:
        with pytest.raises(tiro.InternalError):
            client.upload(b"x")
        assert len(client.recordings()) == 0, "the client lives on"
