"""The videos that `shotlens predict` finds in folders."""

import os
from pathlib import Path

import pytest

from shotlens.cli.videos import find_videos
from testkit.standin import MP4

Output = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    for name in ("b.mp4", "a.mov", "sub/c", ".hidden.mp4", ".git/d.mp4", "out/e.mp4"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MP4)
    (folder / "notes.txt").write_text("no video")
    return folder


def test_a_folder_is_walked_in_order_and_what_is_skipped_is_said(folder: Path, capsys: Output) -> None:
    videos, missing = find_videos([folder], [folder / "out"])
    assert [str(video.name) for video in videos] == ["a.mov", "b.mp4", "sub/c"]
    assert [video.path for video in videos] == [folder / "a.mov", folder / "b.mp4", folder / "sub/c"]
    assert missing == 0
    assert capsys.readouterr().err == (
        f"shotlens: {folder}: skipped 2 files, hidden or not a video (.hidden.mp4, notes.txt).\n"
    )


def test_a_folder_without_videos_is_said_in_one_sentence(tmp_path: Path, capsys: Output) -> None:
    assert find_videos([tmp_path], []) == ([], 1)
    assert capsys.readouterr().err == f"shotlens: {tmp_path}: there is no video in this folder.\n"
    for name in ("a", "b", "c", "d"):
        (tmp_path / name).touch()
    assert find_videos([tmp_path], []) == ([], 1)
    assert capsys.readouterr().err == (
        f"shotlens: {tmp_path}: there is no video in this folder, only 4 files, hidden or not a video (a, b, c, …).\n"
    )


def test_files_are_taken_as_they_are_named_and_missing_ones_are_counted(tmp_path: Path, capsys: Output) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("what is no video is refused later, as over HTTP")
    videos, missing = find_videos([tmp_path / "none.mp4", notes], [])
    assert [(video.path, str(video.name)) for video in videos] == [(notes, "notes.txt")]
    assert missing == 1
    assert capsys.readouterr().err == f"shotlens: {tmp_path / 'none.mp4'}: there is no such file.\n"


def test_pipes_and_dangling_links_are_no_videos(tmp_path: Path, capsys: Output) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert find_videos([tmp_path], []) == ([], 1)
    assert "only 2 files" in capsys.readouterr().err
    assert find_videos([tmp_path / "pipe"], []) == ([], 1)
    assert "neither a file nor a folder" in capsys.readouterr().err


def test_a_name_that_is_not_utf8_is_found(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    path.write_bytes(MP4)
    (tmp_path / os.fsdecode(b"\xff")).touch()
    videos, _ = find_videos([tmp_path], [])
    assert [str(video) for video in videos] == [f"{tmp_path}/caf\ufffd.mp4"]
    assert "(\ufffd)" in capsys.readouterr().err
