"""What a service tells by itself: iterators for threads and for asyncio; documents."""

from __future__ import annotations

import asyncio
import gc
import threading
from pathlib import Path

import pytest
from conftest import script

import tiro

EVENTS = [
    {"kind": "recording_changed", "recording_id": "scripted-1", "detail": {"n": 1}},
    {"kind": "list_changed", "after_ms": 20},
    {"kind": "account_deleted", "after_ms": 20},
]
KINDS = ["recording_changed", "list_changed", "account_deleted"]


def telling(events: list[dict[str, object]]) -> tiro.Client:
    return tiro.Client("scripted", script=script(events=events))


def test_an_event() -> None:
    with telling(EVENTS) as client:
        client.upload(b"x")
        with client.events() as events:
            event = next(events)
    assert (event.kind, event.recording_id, event.detail) == ("recording_changed", "scripted-1", {"n": 1})
    assert event.recording is not None and event.recording.status == "ready"
    assert repr(event) == "<tiro.ServiceEvent recording_changed: 'scripted-1'>"


def test_events_come_in_order_and_what_ends_them_is_raised() -> None:
    kinds = []
    with telling(EVENTS) as client, client.events() as events:
        assert iter(events) is events and repr(events) == "<tiro.Events>"
        with pytest.raises(tiro.AuthError, match="gone"):
            for event in events:
                kinds.append(event.kind)
        with pytest.raises(tiro.AuthError):
            next(events)
    assert kinds == KINDS and repr(events) == "<tiro.Events, closed>"


def test_an_event_is_waited_for_no_longer_than_said() -> None:
    with telling([]) as client, client.events() as events:
        assert events.next(0) is None and events.next(0.02) is None
        with pytest.raises(tiro.UsageError):
            events.next(-1)


def test_closing_ends_the_iteration() -> None:
    with telling([]) as client:
        events = client.events()
        closing = threading.Timer(0.05, events.close)
        closing.start()
        assert list(events) == []
        closing.join()
        assert list(events) == []


def test_a_client_that_closes_ends_its_events() -> None:
    client = telling([])
    events = client.events()
    closing = threading.Timer(0.05, client.close)
    closing.start()
    with pytest.raises(tiro.CancelledError):
        next(events)
    closing.join()


def test_events_dropped_are_ended() -> None:
    with telling([]) as client:
        events = client.events()
        del events
        gc.collect()
        assert client.cancel_all(0), "nothing is outstanding"


def test_events_for_asyncio() -> None:
    async def main() -> None:
        async with tiro.AsyncClient("scripted", script=script(events=EVENTS)) as client:
            kinds = []
            async with client.events() as events:
                with pytest.raises(tiro.AuthError, match="gone"):
                    async for event in events:
                        kinds.append(event.kind)
            assert kinds == KINDS

    asyncio.run(main())


def test_waiting_for_an_event_can_be_given_up() -> None:
    later: list[dict[str, object]] = [{"kind": "list_changed", "after_ms": 2000}]

    async def main() -> None:
        async with tiro.AsyncClient("scripted", script=script(events=later)) as client:
            async with client.events() as events:
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(anext(events), 0.02)
                assert (await anext(events)).kind == "list_changed", "none is lost"
                ending = asyncio.get_running_loop().call_later(
                    0.02, lambda: asyncio.ensure_future(events.aclose())
                )
                assert [event async for event in events] == []
                assert ending.when() > 0
            events = client.events()
            waiting = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.02)
        with pytest.raises(tiro.CancelledError):
            await waiting

    asyncio.run(main())


def test_an_export(client: tiro.Client, tmp_path: Path) -> None:
    id = client.upload(b"x").id
    document = client.export(id, "txt")
    assert document.text.strip() == "Hello world." and document.content == document.text.encode()
    assert bytes(document) == document.content and document.content_type.startswith("text/plain")
    assert (document.name, document.http_status) == ("", None)
    assert document == client.export(id, "txt") and document != client.export(id, "srt")
    assert repr(document).startswith(f"<tiro.Document: {len(document.content)} bytes, 'text/plain")
    assert client.export(id, "json").json()["segments"]
    path = client.export_to_path(id, "vtt", tmp_path / "talk.vtt")
    assert path == tmp_path / "talk.vtt" and path.read_text().startswith("WEBVTT")
    with pytest.raises(tiro.UsageError):
        client.export(id, "doc")  # type: ignore[arg-type]
    with pytest.raises(tiro.NotFoundError):
        client.export("no such id", "txt")

    async def main() -> None:
        async with tiro.AsyncClient("scripted") as other:
            id = (await other.upload(b"x")).id
            assert (await other.export(id, "txt")) == document
            assert (await other.export_to_path(id, "srt", tmp_path / "talk.srt")).exists()

    asyncio.run(main())


def test_what_an_error_says_more() -> None:
    failing = script(
        errors={"upload": {"code": "TIRO_E_REJECTED", "detail": {"denied": ["badRecordUpload"]}}}
    )
    with tiro.Client("scripted", script=failing) as client, pytest.raises(tiro.ServiceError) as raised:
        client.upload(b"x")
    assert raised.value.detail == {"denied": ["badRecordUpload"]}
    assert tiro.Error().detail == {}


def test_a_recording_of_a_service_that_says_less(client: tiro.Client) -> None:
    recording = client.upload(b"x")
    assert (recording.changed_at_ms, recording.editor, recording.raw) == (None, "", "")
