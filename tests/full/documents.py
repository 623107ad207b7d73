"""Compares the text that other programs find in the sample documents with the text that has to be there."""

import subprocess
import sys
import unicodedata
from pathlib import Path

import docx

# They steer the direction or the joining of letters and draw nothing; programs keep or drop them as they like.
UNSEEN = dict.fromkeys(
    [0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)


def words(text):
    return text.translate(UNSEEN).split()


def letters(text):
    """A word that is wider than the page is broken, so spaces do not count; accents may be apart or put together."""
    return unicodedata.normalize("NFD", "".join(words(text)))


def same(what, found, wanted):
    if found == wanted:
        return
    at = next(
        (i for i, pair in enumerate(zip(found, wanted)) if pair[0] != pair[1]), min(len(found), len(wanted))
    )
    sys.exit(f"{what}: differs at {at}: {found[at : at + 20]!r}, wanted {wanted[at : at + 20]!r}")


def pdf_text(path):
    pages = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True).stdout.split(
        "\f"
    )[:-1]
    bodies = []
    for number, page in enumerate(pages, 1):
        body, _, footer = page.rstrip().rpartition("\n")
        same(f"{path.name} page {number}", letters(footer), f"{number}/{len(pages)}")
        bodies.append(body)
    return "\n".join(bodies)


folder = Path(sys.argv[1])
for path in sorted(folder.glob("*.txt")):
    name = path.stem
    wanted = path.read_text(encoding="utf-8")
    document = docx.Document(folder / f"{name}.docx")
    paragraphs = [paragraph.text for paragraph in document.paragraphs]
    same(f"{name}: python-docx", "\n".join(paragraphs), wanted)
    assert document.core_properties.title == wanted.split("\n")[0], name
    assert {paragraph.style.name for paragraph in document.paragraphs} <= {"Title", "Speaker", "Body Text"}, (
        name
    )
    converted = folder / "libreoffice" / f"{name}.txt"
    if converted.exists():
        same(f"{name}: LibreOffice", words(converted.read_text(encoding="utf-8-sig")), words(wanted))

    pdf = folder / f"{name}.pdf"
    fonts = subprocess.run(["pdffonts", pdf], check=True, capture_output=True, text=True)
    for line in fonts.stdout.splitlines()[2:]:
        assert " yes yes yes " in line, f"{name}: not embedded, subset and mapped: {line}"
    assert not fonts.stderr, f"{name}: {fonts.stderr}"
    # Readers differ in the order of what runs to the left, and pdftotext passes over most of 5,000 accents on one `a`.
    found = pdf_text(pdf)
    if name in ("divided", "right_to_left", "hostile"):
        accents = str.maketrans("", "", "a\u0301") if name == "hostile" else {}
        same(f"{name}: pdftotext", *(sorted(letters(text).translate(accents)) for text in (found, wanted)))
    else:
        same(f"{name}: pdftotext", words(found), words(wanted))
    print(f"{name}: {len(words(wanted))} words")
