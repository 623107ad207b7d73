"""Sources: everything that can be given, how it is read, and what happens when that fails."""

from __future__ import annotations

import array
import bz2
import contextlib
import gzip
import io
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

import tiro

DATA = bytes(range(256)) * 2000  # half a megabyte: several reads


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "talk.wav"
    path.write_bytes(DATA)
    return path


class Plain:
    """Nothing but `read()`."""

    def __init__(self, data: bytes = DATA) -> None:
        self.data = io.BytesIO(data)
        self.largest = 0

    def read(self, size: int) -> bytes:
        self.largest = max(self.largest, size)
        return self.data.read(size)


def test_paths(client: tiro.Client, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    for given in (path, str(path), "talk.wav"):
        recording = client.upload(given)
        assert (recording.size, recording.name) == (len(DATA), "talk.wav")
    with pytest.raises(tiro.UsageError, match="own name"):
        client.upload(path, name="other.wav")
    with pytest.raises(tiro.LocalError):
        client.upload(path.parent)
    with pytest.raises(tiro.UsageError):
        client.upload("")


@pytest.mark.parametrize(
    "buffer",
    [
        DATA,
        bytearray(DATA),
        memoryview(DATA),
        memoryview(DATA)[::1].cast("I"),
        array.array("d", DATA),
        b"",
        bytearray(),
    ],
    ids=["bytes", "bytearray", "memoryview", "ints", "array", "empty", "empty array"],
)
def test_buffers(client: tiro.Client, buffer: Any) -> None:
    recording = client.upload(buffer, name="talk.wav")
    assert (recording.size, recording.name) == (memoryview(buffer).nbytes, "talk.wav")


def test_a_buffer_with_gaps_is_refused(client: tiro.Client) -> None:
    with pytest.raises(TypeError):
        client.upload(memoryview(DATA)[::2])


def test_a_buffer_is_let_go_of(client: tiro.Client) -> None:
    buffer = bytearray(DATA)
    client.upload(buffer)
    buffer.append(0)  # would raise while somebody holds it


def test_a_mapped_file(client: tiro.Client, path: Path) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert client.upload(mapped).size == len(DATA)


@pytest.mark.parametrize("buffering", [-1, 0])
def test_a_file_is_read_from_where_it_stands_and_stays_there(
    client: tiro.Client, path: Path, buffering: int
) -> None:
    with path.open("rb", buffering=buffering) as file:
        assert file.read(1000) == DATA[:1000]
        recording = client.upload(file)
        assert (recording.size, recording.name) == (len(DATA) - 1000, "talk.wav")
        assert file.tell() == 1000 and client.upload(file, name="other.wav").name == "other.wav"
    with pytest.raises(ValueError, match="closed"):
        client.upload(file)


def test_what_was_written_to_a_file_counts(client: tiro.Client) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(DATA)
        file.seek(0)
        file.write(b"x")
        assert client.upload(file).size == len(DATA) - 1


@pytest.mark.parametrize("make", [tempfile.NamedTemporaryFile, tempfile.SpooledTemporaryFile])
def test_wrapped_files(client: tiro.Client, make: Any) -> None:
    with make() as file:
        file.write(DATA)
        file.seek(10)
        assert client.upload(file).size == len(DATA) - 10


def test_a_compressed_file_is_what_it_unpacks_to(client: tiro.Client, tmp_path: Path) -> None:
    for opener in (gzip.open, bz2.open):
        packed = tmp_path / "packed"
        with opener(packed, "wb") as out:
            out.write(DATA)
        with opener(packed, "rb") as file:
            assert client.upload(file).size == len(DATA)
        with opener(packed, "rb") as inner, io.BufferedReader(inner) as file:  # type: ignore[type-var]
            assert client.upload(file).size == len(DATA)


def test_memory_files_are_read_again_from_where_they_stood(client: tiro.Client) -> None:
    file = io.BytesIO(DATA)
    file.seek(5)
    assert client.upload(file).size == len(DATA) - 5
    file.seek(7)
    assert client.upload(file).size == len(DATA) - 7


def test_anything_with_read(client: tiro.Client) -> None:
    source = Plain()
    assert client.upload(source, name="x").size == len(DATA)
    assert source.largest <= 1 << 20, "in pieces"
    told: list[tiro.Progress] = []
    client.upload(Plain(), on_progress=told.append)
    assert told[-1].total is None and told[-1].fraction is None and told[-1].done == len(DATA)


def test_descriptors(client: tiro.Client, path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.lseek(fd, 100, os.SEEK_SET)
        assert client.upload(fd, name="x.wav").size == len(DATA) - 100
        assert os.lseek(fd, 0, os.SEEK_CUR) == 100
    finally:
        os.close(fd)
    with pytest.raises(tiro.LocalError):
        client.upload(fd)
    with pytest.raises(tiro.UsageError):
        client.upload(-1)


def test_pipes(client: tiro.Client) -> None:
    for wrap in (False, True):
        reader, writer = os.pipe()
        os.write(writer, b"x" * 5000)
        os.close(writer)
        with os.fdopen(reader, "rb") as file:
            assert client.upload(file if wrap else reader).size == 5000


@pytest.mark.parametrize("given", [None, True, 1.5, object(), ["a"], io.StringIO("x")])
def test_what_is_no_source(client: tiro.Client, given: Any) -> None:
    with pytest.raises(TypeError):
        client.upload(given)


def test_files_that_cannot_be_read(client: tiro.Client, path: Path) -> None:
    with path.open("r") as text, pytest.raises(TypeError, match="'rb'"):
        client.upload(text)  # type: ignore[arg-type]
    with (path.parent / "new").open("wb") as out, pytest.raises(tiro.UsageError, match="reading"):
        client.upload(out)  # type: ignore[arg-type]


class Failing(Plain):
    def read(self, size: int) -> bytes:
        if self.data.tell() > 0:
            raise RuntimeError("the tape is torn")
        return super().read(size)


def test_a_failing_read_is_told_with_its_cause(client: tiro.Client) -> None:
    with pytest.raises(tiro.LocalError, match="RuntimeError was raised") as raised:
        client.upload(Failing())
    assert raised.value.name == "TIRO_E_SOURCE"
    assert isinstance(raised.value.__cause__, RuntimeError)
    assert "torn" not in str(raised.value), "what it says may be secret, and errors are logged"
    assert "torn" in str(raised.value.__cause__)
    assert client.upload(b"x").size == 1, "the client lives on"


@pytest.mark.parametrize("returned", ["text", None, 5, b"x" * (1 << 21)])
def test_a_read_that_returns_something_else(client: tiro.Client, returned: Any) -> None:
    class Odd:
        def read(self, _size: int) -> Any:
            return returned

    with pytest.raises(tiro.LocalError, match="read") as raised:
        client.upload(Odd())
    assert isinstance(raised.value.__cause__, (TypeError, ValueError))


def test_a_file_that_gives_less_than_it_said(client: tiro.Client) -> None:
    class Short(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            return b""

    with pytest.raises(tiro.LocalError, match="declared"):
        client.upload(Short(DATA))


def test_a_file_that_cannot_say_where_it_is(client: tiro.Client) -> None:
    class Lost(io.BytesIO):
        def tell(self) -> int:
            raise OSError("lost")

    with pytest.raises(OSError, match="lost"):
        client.upload(Lost(DATA))


def test_sources_are_released(client: tiro.Client) -> None:
    import gc
    import weakref

    source = Plain()
    gone = weakref.ref(source)
    client.upload(source)
    with contextlib.suppress(tiro.Error):
        client.upload(source, nonsense=1)  # type: ignore[call-arg]
    del source
    client.recordings()  # whatever tiro's threads let go of is released by now
    gc.collect()
    assert gone() is None
