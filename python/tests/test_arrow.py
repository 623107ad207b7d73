"""Words and segments as tables of Arrow, in the buffers of the transcript."""

from __future__ import annotations

import ctypes
import gc
import itertools
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, py_object
from typing import Any

import pytest

import tiro


class Schema(Structure):
    """`struct ArrowSchema`"""


class Array(Structure):
    """`struct ArrowArray`"""


class Stream(Structure):
    """`struct ArrowArrayStream`"""


Schema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_char_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(Schema))),
    ("dictionary", POINTER(Schema)),
    ("release", CFUNCTYPE(None, POINTER(Schema))),
    ("private_data", c_void_p),
]
Array._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(Array))),
    ("dictionary", POINTER(Array)),
    ("release", CFUNCTYPE(None, POINTER(Array))),
    ("private_data", c_void_p),
]
Stream._fields_ = [
    ("get_schema", CFUNCTYPE(c_int, POINTER(Stream), POINTER(Schema))),
    ("get_next", CFUNCTYPE(c_int, POINTER(Stream), POINTER(Array))),
    ("get_last_error", CFUNCTYPE(c_char_p, POINTER(Stream))),
    ("release", CFUNCTYPE(None, POINTER(Stream))),
    ("private_data", c_void_p),
]

_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = c_void_p
_pointer_of.argtypes = [py_object, c_char_p]


def made() -> tiro.Transcript:
    first = tiro.Transcript.from_words([("Das", 0, 300, 0.5), ("Café", 300, 700)], speaker="A")
    return tiro.Transcript.join([first, tiro.Transcript.from_words([("ĝis", 0, 90, 1.0)], speaker="B")])


def stream_of(capsule: object) -> Any:
    return Stream.from_address(_pointer_of(capsule, b"arrow_array_stream"))


def taken(sequence: tiro.Words | tiro.Segments) -> tuple[Any, Any]:
    """Schema and array of a sequence, which outlive the capsule."""
    capsule = sequence.__arrow_c_stream__()
    stream = stream_of(capsule)
    schema, array, end = Schema(), Array(), Array()
    assert stream.get_schema(ctypes.byref(stream), ctypes.byref(schema)) == 0
    assert stream.get_next(ctypes.byref(stream), ctypes.byref(array)) == 0
    assert stream.get_next(ctypes.byref(stream), ctypes.byref(end)) == 0 and not end.release
    return schema, array


def column(schema: Any, array: Any, name: bytes) -> Any:
    names = [schema.children[place].contents.name for place in range(schema.n_children)]
    return array.children[names.index(name)].contents


def test_the_capsule_gives_the_buffers_of_the_transcript() -> None:
    transcript = made()
    schema, array = taken(transcript.words)
    again_schema, again = taken(transcript.words)
    assert (schema.format, array.length, array.null_count, array.offset) == (b"+s", 3, 0, 0)
    for place in range(array.n_children):
        one, other = array.children[place].contents, again.children[place].contents
        shared = [(one.buffers[n], other.buffers[n]) for n in range(one.n_buffers)]
        assert all(mine == theirs for mine, theirs in shared) and any(mine for mine, _ in shared)
    again.release(ctypes.byref(again)), again_schema.release(ctypes.byref(again_schema))
    del transcript
    gc.collect()
    starts = column(schema, array, b"start_ms").buffers[1]
    assert list((c_int64 * 3).from_address(starts)) == [0, 300, 700]
    text = column(schema, array, b"text")
    offsets = list((c_int64 * 4).from_address(text.buffers[1]))
    data = ctypes.string_at(text.buffers[2], offsets[-1])
    assert [data[a:b].decode() for a, b in itertools.pairwise(offsets)] == ["Das", "Café", "ĝis"]
    confidence = column(schema, array, b"confidence")
    assert confidence.null_count == 1 and ctypes.string_at(confidence.buffers[0], 1) == b"\x05"
    array.release(ctypes.byref(array)), schema.release(ctypes.byref(schema))
    assert not array.release and not schema.release


def test_capsules_that_nobody_takes() -> None:
    transcript = made()
    for _ in range(1000):
        transcript.words.__arrow_c_stream__(None)
        transcript.segments.__arrow_c_stream__(requested_schema=None)
    capsule = transcript.words.__arrow_c_stream__()
    stream = stream_of(capsule)
    stream.release(ctypes.byref(stream))
    assert not stream.release
    del capsule
    gc.collect()


def test_a_part_is_given_out_of_the_same_buffers() -> None:
    transcript = made()
    all_schema, whole = taken(transcript.words)
    for part, rows in (
        (transcript.words[1:], range(1, 3)),
        (transcript.segments[0].words, range(2)),
        (transcript.words[2:][::-1], range(2, 3)),
        (transcript.words[3:], range(3, 3)),
    ):
        schema, array = taken(part)
        starts = column(schema, array, b"start_ms")
        assert (array.length, starts.length) == (len(rows), len(rows))
        assert starts.buffers[1] == column(all_schema, whole, b"start_ms").buffers[1]
        assert starts.offset == rows.start or not rows
        array.release(ctypes.byref(array)), schema.release(ctypes.byref(schema))
    whole.release(ctypes.byref(whole)), all_schema.release(ctypes.byref(all_schema))
    for backwards in (transcript.words[::-1], transcript.words[::2], transcript.segments[::-1]):
        with pytest.raises(tiro.UnsupportedError, match="follow one another"):
            backwards.__arrow_c_stream__()


def test_an_empty_transcript() -> None:
    schema, array = taken(tiro.Transcript.from_words([]).words)
    assert array.length == 0
    array.release(ctypes.byref(array)), schema.release(ctypes.byref(schema))


def test_pyarrow() -> None:
    pa = pytest.importorskip("pyarrow")
    transcript = made()
    table = pa.table(transcript.words)
    table.validate(full=True)
    assert table["text"].to_pylist() == ["Das", "Café", "ĝis"]
    assert table["start_ms"].to_pylist() == [0, 300, 700]
    assert table["confidence"].to_pylist() == [0.5, None, 1.0]
    assert table["speaker"].to_pylist() == ["A", "A", "B"] and table["segment"].to_pylist() == [0, 0, 1]
    again = pa.table(transcript.words)
    mine, theirs = (t["start_ms"].chunk(0).buffers()[1].address for t in (table, again))
    assert mine == theirs, "no copy is made"
    segments = pa.table(transcript.segments)
    segments.validate(full=True)
    assert segments["speaker"].to_pylist() == ["A", "B"] and segments["end_word"].to_pylist() == [2, 3]
    part = pa.table(transcript.words[1:])
    part.validate(full=True)
    assert part["text"].to_pylist() == ["Café", "ĝis"] and part["confidence"].to_pylist() == [None, 1.0]
    assert part["estimated"].to_pylist() == [False, False] and part["speaker"].to_pylist() == ["A", "B"]
    assert pa.table(transcript.segments[1].words)["text"].to_pylist() == ["ĝis"]
    del transcript
    gc.collect()
    assert table.slice(1, 1)["text"].to_pylist() == ["Café"]
    assert pa.table(tiro.Transcript.from_words([]).words).num_rows == 0


def test_recordings(client: tiro.Client) -> None:
    pa = pytest.importorskip("pyarrow")
    for number in range(3):
        client.upload(b"x" * number, name=f"talk {number}.wav")
    page = client.recordings()
    table = pa.table(page)
    table.validate(full=True)
    assert table["id"].to_pylist() == [recording.id for recording in page]
    assert table["name"].to_pylist() == ["talk 2.wav", "talk 1.wav", "talk 0.wav"]
    assert table["status"].to_pylist() == ["ready"] * 3 and table["size"].to_pylist() == [2, 1, 0]
    assert table["created_at_ms"].to_pylist() == [recording.created_at_ms for recording in page]
    assert table["duration_ms"].to_pylist() == [900] * 3
    assert pa.table(page[1:])["name"].to_pylist() == ["talk 1.wav", "talk 0.wav"]
    assert pa.table(page[:0]).num_rows == 0


def test_polars() -> None:
    pl = pytest.importorskip("polars")
    transcript = made()
    frame = pl.DataFrame(transcript.words)
    assert frame["text"].to_list() == ["Das", "Café", "ĝis"]
    assert frame["confidence"].to_list() == [0.5, None, 1.0]
    assert frame["speaker"].cast(pl.String).to_list() == ["A", "A", "B"]
    assert pl.DataFrame(transcript.words[1:])["start_ms"].to_list() == [300, 700]
    assert pl.DataFrame(transcript.segments)["end_word"].to_list() == [2, 3]


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas", minversion="3")
    frame = pandas.DataFrame.from_arrow(made().words)
    assert list(frame["text"]) == ["Das", "Café", "ĝis"] and list(frame["start_ms"]) == [0, 300, 700]


def test_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    words = made().words
    assert duckdb.sql("select text, start_ms from words where speaker = 'A'").fetchall() == [
        ("Das", 0),
        ("Café", 300),
    ]
    assert len(words) == 3
