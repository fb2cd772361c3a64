"""Names, which are untrusted, become safe file names, reels and addresses."""

import pytest

from shotlens.exports.names import media_url, one_line, reel, safe_stem


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
        ("x" * 300, "x" * 50, "XXXXXXXX"),
    ],
)
def test_a_name_becomes_a_safe_file_name_and_reel(name: str, stem: str, named: str) -> None:
    assert safe_stem(name) == stem
    assert reel(name) == named


def test_a_name_becomes_a_valid_address() -> None:
    assert media_url("a b?#/ü.mp4") == "./a%20b%3F%23%2F%C3%BC.mp4"
    assert one_line("two\nlines\u2028\x85.mp4") == "two lines  .mp4"
