"""The cases that every language runs: the same transcript, format and options give the same bytes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import tiro

FOLDER = Path(__file__).parents[2] / "tests" / "conformance"
CASES = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
READERS = {"srt": tiro.Transcript.from_srt, "vtt": tiro.Transcript.from_vtt}


def read(path: str) -> bytes:
    return (FOLDER / path).read_bytes()


@pytest.mark.parametrize("case", CASES["exports"], ids=lambda case: case["name"])
def test_exports_are_these_bytes(case: dict[str, Any], tmp_path: Path) -> None:
    transcript = tiro.Transcript.from_json(read(case["transcript"]))
    format, options, expected = case["format"], case["options"], read(case["expected"])
    assert transcript.export(format, **options) == expected
    numbers = {key: int(value) if value.isdecimal() else value for key, value in options.items()}
    writer = io.BytesIO()
    transcript.export_to(format, writer, **numbers)
    assert writer.getvalue() == expected
    assert transcript.save(tmp_path / "file", format, **options).read_bytes() == expected
    if format == "json":
        assert transcript.to_json().encode() == expected
    if format in ("txt", "srt", "vtt"):
        to_text = {"txt": transcript.to_text, "srt": transcript.to_srt, "vtt": transcript.to_vtt}[format]
        assert to_text(**options).encode() == expected
    if format in READERS:
        assert READERS[format](expected).to_json().encode() == read(case["cues"])


@pytest.mark.parametrize("case", CASES["reads"], ids=lambda case: case["name"])
def test_documents_are_read_like_this(case: dict[str, Any]) -> None:
    document, reader = read(case["document"]), READERS[case["format"]]
    if "error" in case:
        with pytest.raises(tiro.Error, match=f"line {case['line']}\\b") as failure:
            reader(document)
        assert failure.value.name == case["error"]
    else:
        transcript = reader(document)
        assert transcript.to_json().encode() == read(case["expected"])
        assert transcript.raw.encode() == document


@pytest.mark.parametrize("name", sorted({case["transcript"] for case in CASES["exports"]}))
def test_canonical_json_is_of_its_schema(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((FOLDER.parents[1] / "docs" / "transcript.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    transcript = tiro.Transcript.from_json(read(name))
    jsonschema.validate(json.loads(transcript.to_json()), schema)
    back = tiro.Transcript.from_json(transcript.to_json())
    assert back == transcript and hash(back) == hash(transcript)


@pytest.mark.parametrize("name", ["talk", "scripts"])
def test_subtitles_are_those_that_pysubs2_reads(name: str) -> None:
    pysubs2 = pytest.importorskip("pysubs2")
    transcript = tiro.Transcript.from_json(read(f"transcripts/{name}.json"))
    for format, reader in READERS.items():
        subtitles = transcript.export(format, export_speakers="none").decode()  # type: ignore[arg-type]
        ours, theirs = reader(subtitles).segments, pysubs2.SSAFile.from_string(subtitles)
        assert [(cue.start_ms, cue.end_ms) for cue in ours] == [(cue.start, cue.end) for cue in theirs]
