"""The names of exported files: as people have them, and valid on every system."""

import unicodedata
from urllib.parse import unquote

import pytest

from shotlens.exports.names import LONGEST, media_url, one_line, reel, safe_stem

NFD = unicodedata.normalize("NFD", "Größe")
KA, VIRAMA, ZWJ = "\u0915", "\u094d", "\u200d"


@pytest.mark.parametrize(
    "stem", ["हिन्दी फ़िल्म", "ภาพยนตร์ที่", NFD, "می‌خواهم", f"{KA}{VIRAMA}{ZWJ}{KA}", "映画 (1)", "a.b-c_d+e"]
)
def test_letters_marks_and_their_joiners_are_kept(stem: str) -> None:
    assert safe_stem(f"{stem}.mp4") == stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a:b*c?.mp4", "a_b_c_"),
        ("a\0b\x1f\u202ec.mp4", "a_b__c"),
        ("a\u202fb.mp4", "a b"),
        ("a/../b.mp4", "b"),
        ("👨‍👩‍👧.mp4", "___"),
        (f"a{ZWJ}.mp4", "a"),
        ("caf\udce9.mp4", "caf_"),
        ("CON.mp4", "_CON"),
        ("lpt1 .x.mp4", "_lpt1 .x"),
        ("console.mp4", "console"),
        ("... .mp4", "video"),
    ],
)
def test_a_stem_is_a_valid_file_name_everywhere(name: str, stem: str) -> None:
    assert safe_stem(name) == stem


@pytest.mark.parametrize("letter", ["x", "é", "映", "\U0001d49c", f"{KA}\u093f", f"{KA}{VIRAMA}{ZWJ}", "e\u0301\u0302"])
def test_a_long_stem_is_cut_before_a_letter(letter: str) -> None:
    stem = safe_stem(letter * 300 + ".mp4")
    assert LONGEST - len(letter.encode()) < len(stem.encode()) <= LONGEST
    assert (letter * 300).startswith(stem)
    assert stem[-1] == letter[-1] or letter[-1] == ZWJ


def test_a_link_leads_to_the_very_file() -> None:
    for name in ("می‌خواهم.mp4", "👨‍👩‍👧 3.04\u202fPM.mov", f"{NFD} #1%.mp4", "हिन्दी.mp4"):
        assert unquote(media_url(name)) == f"./{name}"


def test_a_line_stays_one_line() -> None:
    assert one_line("a\nb\u2028c\u202ed\0e\udce9.mp4") == "a b c d e .mp4"
    assert reel("caf\udce9.mp4") == "CAF"


@pytest.mark.parametrize(
    ("name", "stem", "named"),
    [
        ("ad.mp4", "ad", "AD"),
        ("../../etc/passwd", "passwd", "PASSWD"),
        ("..\\evil.mp4", "_evil", "EVIL"),
        ("Übergröße 映画.mp4", "Übergröße 映画", "UBERGROS"),
        ("映画.mp4", "映画", "AX"),
        ("bl.mov", "bl", "AX"),
        ("", "video", "AX"),
        ("...", "video", "AX"),
        ("a\u202egpj.exe.mp4", "a_gpj.exe", "AGPJEXE"),
        ("x" * 300, "x" * LONGEST, "XXXXXXXX"),
    ],
)
def test_a_name_becomes_a_safe_file_name_and_reel(name: str, stem: str, named: str) -> None:
    assert safe_stem(name) == stem
    assert reel(name) == named


def test_a_name_becomes_a_valid_address() -> None:
    assert media_url("a b?#/ü.mp4") == "./a%20b%3F%23%2F%C3%BC.mp4"
    assert one_line("two\nlines\u2028\x85.mp4") == "two lines  .mp4"
