"""Options: keywords, files, the environment, and which of them wins."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from conftest import script

import tiro
from tiro import _tiro


def test_the_typed_keywords_are_those_of_the_table() -> None:
    if sys.version_info < (3, 12):
        pytest.importorskip("typing_extensions")
    from tiro import _typing

    types = {"text": "str | None", "path": "str | os.PathLike[str] | None", "integer": "int | None"}

    def shown(options: type) -> dict[str, str]:
        return {key: str(hint) for key, hint in get_type_hints(options).items()}

    table = _tiro.option_table()

    def listed(*scopes: str) -> dict[str, str]:
        return {key.replace(".", "_"): types[kind] for key, kind, _, scope, _ in table if scope in scopes}

    assert shown(_typing.ClientOptions) == listed("client", "call")
    assert shown(_typing.CallOptions) == listed("call")
    assert shown(_typing.ExportOptions) == listed("export")


def test_the_service_is_local_unless_said_otherwise() -> None:
    assert repr(tiro.Client()) == "<tiro.Client 'local'>"
    assert repr(tiro.Client("scripted")) == "<tiro.Client 'scripted'>"
    assert repr(tiro.Client(service="scripted")) == "<tiro.Client 'scripted'>"


@pytest.mark.parametrize(
    "options",
    [
        {"nonsense": 1},
        {"threads": -1},
        {"threads": "many"},
        {"service": "nobody"},
        {"script": "{"},
        {"model": ""},
    ],
)
def test_a_bad_option_is_an_error_at_once(options: dict[str, Any]) -> None:
    with pytest.raises(tiro.OptionError):
        tiro.Client("scripted", **options)


@pytest.mark.parametrize("value", [1.5, b"x", True, ["x"]])
def test_a_value_of_another_type_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match="threads takes"):
        tiro.Client(threads=value)


def test_none_is_as_if_not_given() -> None:
    tiro.Client("scripted", threads=None, model=None).transcribe(b"x", language=None)


def test_paths_and_numbers_are_taken(tmp_path: Path, client: tiro.Client) -> None:
    tiro.Client(model=tmp_path / "ggml-x.bin", model_dir=str(tmp_path), threads=2, max_in_flight=3)
    assert client.transcribe(b"x", wait_timeout_ms=60_000).text == "Hello world."


def test_a_call_takes_no_option_of_the_client(client: tiro.Client) -> None:
    with pytest.raises(tiro.OptionError, match="of a client, not of a call"):
        client.upload(b"x", model="x")  # type: ignore[call-arg]


def test_a_time_limit(endless: tiro.Client) -> None:
    with pytest.raises(tiro.TimeoutError) as raised:
        endless.transcribe(b"x", wait_timeout_ms=30)
    assert raised.value.recording_id == "scripted-1" and raised.value.is_retriable


def test_a_profile_of_a_file(tmp_path: Path) -> None:
    config = tmp_path / "tiro.toml"
    config.write_text("[default]\nservice = 'scripted'\n[work]\nservice = 'scripted'\nthreads = 'many'\n")
    assert "scripted" in repr(tiro.Client(config=str(config)))
    assert "local" in repr(tiro.Client("local", config=str(config)))
    with pytest.raises(tiro.OptionError, match="work"):
        tiro.Client(config=str(config), profile="work")
    with pytest.raises(tiro.OptionError, match="no profile"):
        tiro.Client(config=str(config), profile="play")
    with pytest.raises(tiro.OptionError, match="config"):
        tiro.Client(profile="work")
    with pytest.raises(FileNotFoundError):
        tiro.Client(config=str(tmp_path / "none.toml"))


def test_the_environment_is_read_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIRO_SERVICE", "scripted")
    assert "local" in repr(tiro.Client())
    assert "scripted" in repr(tiro.Client(environment=True))
    assert "local" in repr(tiro.Client("local", environment=True))


def test_a_secret_is_never_shown() -> None:
    wanted = script(access_token="s3cr3t")
    with tiro.Client("scripted", script=wanted, access_token="wrong s3cr3t") as client:
        assert "s3cr3t" not in repr(client) + repr(vars(client))
        with pytest.raises(tiro.AuthError) as raised:
            client.upload(b"x")
    assert "s3cr3t" not in repr(raised.value)
    with tiro.Client("scripted", script=wanted, access_token="s3cr3t") as client:
        client.upload(b"x")
