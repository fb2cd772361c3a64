"""File names stay as people have them, in every script, without what could harm a line of text."""

import unicodedata

import pytest

from shotlens.shots.filename import as_text, clean_filename

NFD = unicodedata.normalize("NFD", "Übergröße")


@pytest.mark.parametrize(
    "name",
    [
        "हिन्दी फ़िल्म.mp4",
        "ภาพยนตร์ที่.mov",
        f"{NFD}.mp4",
        "می‌خواهم.mp4",
        "👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿.mp4",
        "Screen Recording 3.04.05\u202fPM.mov",
        "a\u00a0b\u3000c.mp4",
    ],
)
def test_a_name_stays_as_it_is(name: str) -> None:
    assert clean_filename(name) == name


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("a\u202egpj.mp4", "agpj.mp4"),
        ("\u2067a\u2069.mp4", "a.mp4"),
        ("a\r\nb\0\x1b\x85\u2028.mp4", "ab.mp4"),
        ("a\uffff\ufdd0\U0001ffff.mp4", "a.mp4"),
        ("../x/a.mp4", "a.mp4"),
        ("C:\\x\\a.mp4", "a.mp4"),
        ("caf\udce9.mp4", "caf\ufffd.mp4"),
        (" ", "video"),
        (None, "video"),
        ("x" * 300, "x" * 255),
    ],
)
def test_what_could_harm_is_dropped(name: str | None, cleaned: str) -> None:
    assert clean_filename(name) == cleaned


def test_a_name_that_is_not_utf_8_can_be_printed() -> None:
    assert as_text("caf\udce9/\ud800.mp4").encode() == "caf\ufffd/\ufffd.mp4".encode()
