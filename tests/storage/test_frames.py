"""Frames by name: written whole or not at all, and read as they were written."""

from pathlib import Path

import pytest

from shotlens.shots.shot import Frame, Shot, frames_of
from shotlens.storage.frames import FrameFolder, FrameMemory, FrameStore, StoredShot

FRAME = Frame(61, 3)


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FrameStore:
    return FrameFolder(tmp_path / "frames") if request.param == "folder" else FrameMemory()


def test_a_frame_is_read_as_it_was_written(store: FrameStore) -> None:
    assert not store.holds(FRAME)
    store.write(FRAME, b"old")
    store.write(FRAME, b"new")
    assert (store.holds(FRAME), store.read(FRAME)) == (True, b"new")


def test_a_frame_that_is_not_stored_is_an_error(store: FrameStore) -> None:
    with pytest.raises(FileNotFoundError):
        store.read(FRAME)


def test_a_folder_holds_one_folder_per_shot_and_no_half_frame(tmp_path: Path) -> None:
    folder = FrameFolder(tmp_path)
    folder.write(FRAME, b"jpeg")
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["61", "61/3.jpg"]
    assert folder.path(FRAME) == tmp_path / "61/3.jpg"


def test_a_stored_shot_gives_its_eight_frames_in_order(store: FrameStore) -> None:
    for frame in frames_of(0)[:2]:
        store.write(frame, bytes([frame.k]))
    shot = Shot(0, 2, 0.0, 0.08, frames_of(0)[:2] * 4, ())
    assert StoredShot(shot, store).jpegs() == [b"\0", b"\1"] * 4
