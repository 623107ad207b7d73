"""Options: keywords, files, the environment, and which of them wins."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, Literal, get_type_hints

import pytest
from conftest import script

import tiro
import tiro.tables
import tiro.typing


def test_the_typed_keywords_are_those_of_the_table() -> None:
    kinds: dict[str, Any] = {
        "text": str | None,
        "secret": str | None,
        "path": str | PathLike[str] | None,
        "integer": int | None,
    }

    def typed(option: tiro.tables.OptionEntry) -> Any:
        if option.key.endswith("_price"):
            return str | tiro.Price | None
        if option.type != "choice":
            return kinds[option.type]
        literal: Any = Literal.__getitem__(option.choices)
        return literal | bool | None if {"yes", "on"} & {*option.choices} else literal | None

    def listed(*scopes: str) -> dict[str, Any]:
        options = [option for option in tiro.option_table() if option.scope in scopes]
        return {option.key.replace(".", "_"): typed(option) for option in options}

    assert get_type_hints(tiro.typing.ClientOptions) == listed("client", "call")
    assert get_type_hints(tiro.typing.CallOptions) == listed("call")
    assert get_type_hints(tiro.typing.ExportOptions) == listed("export")


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
        tiro.Client(**{"service": "scripted", **options})


@pytest.mark.parametrize("value", [1.5, b"x", True, ["x"]])
def test_a_value_of_another_type_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match="threads takes"):
        tiro.Client(threads=value)


def test_a_type_error_says_what_the_option_takes() -> None:
    for options, taken in (
        ({"threads": 1.5}, "a whole number, not float"),
        ({"model": 1.5}, "a path, not float"),
        ({"client_id": True}, "text, not bool"),
        ({"channels": True}, "one of mix, split, not bool"),
        ({"force_new": 1.5}, "True, False or one of no, yes, not float"),
        ({"max_price": 1.5}, "a Price or its text, not float"),
    ):
        with pytest.raises(TypeError, match=taken):
            tiro.Client(**options)  # type: ignore[arg-type]
    with pytest.raises(tiro.OptionError, match="no option"):
        tiro.Client(forse_new=True)  # type: ignore[call-arg]


def test_a_yes_or_a_no_may_be_a_bool(tmp_path: Path) -> None:
    tiro.Client("gospeech", client_id="x", gospeech_push=False, allow_plain_http=True)
    with tiro.Client("scripted", journal=tmp_path / "jobs.db") as client:
        first = client.transcribe(b"x", force_new=False)
        assert client.transcribe(b"x").recording_id == first.recording_id
        assert client.transcribe(b"x", force_new=True).recording_id != first.recording_id


def test_a_service_is_named_once() -> None:
    for kind in (tiro.Client, tiro.AsyncClient):
        for service in ("local", "scripted"):
            with pytest.raises(TypeError, match="service is given twice"):
                kind("scripted", service=service)  # type: ignore[arg-type]
        kind("scripted", service=None)


def test_an_option_of_an_export_has_its_place(client: tiro.Client) -> None:
    with pytest.raises(tiro.OptionError, match="of an export, not of a call") as raised:
        client.export("scripted-1", "srt", subtitle_lines=1)  # type: ignore[call-arg]
    assert "export that" in raised.value.hint


def test_a_profile_speaks_of_exports_by_its_client(tmp_path: Path) -> None:
    config = tmp_path / "tiro.toml"
    config.write_text("[default]\nservice = 'scripted'\nexport_timestamps = 'segments'\n")
    with tiro.Client(config=config) as client:
        transcript = client.transcribe(b"x")
        exported = client.export(transcript.recording_id, "txt").text
    assert exported == transcript.to_text(export_timestamps="segments") != transcript.to_text()


def test_what_is_no_profile_is_not_called_one(tmp_path: Path) -> None:
    config = tmp_path / "tiro.toml"
    for text, hint in (
        ("threads = 2\n", "threads stands outside a profile"),
        ("", "it has none"),
        ("threads = 2\n[work]\n", "it has: work"),
    ):
        config.write_text(text)
        with pytest.raises(tiro.OptionError, match="no profile") as raised:
            tiro.Client(config=config)
        assert hint in raised.value.hint


def test_an_unknown_key_of_a_script_is_named() -> None:
    with pytest.raises(tiro.OptionError, match='"statusses"'):
        tiro.Client("scripted", script=script(statusses=[]))


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
