"""The data folder: only valid ids become paths, and files without a record are removed."""

import os
import time
from pathlib import Path

import pytest

from shotlens.storage.files import BLOCK_BYTES, ORPHAN_SECONDS, SKETCH_BLOCKS, Files, new_job_id


def test_an_id_is_unique_and_a_valid_folder_name() -> None:
    ids = {new_job_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(job_id.isalnum() and len(job_id) == 24 for job_id in ids)


@pytest.mark.parametrize("job_id", ["", "..", "../../etc", "a" * 23, "A" * 24, "0" * 24 + "\n", "0" * 23 + "/"])
def test_an_invalid_id_has_no_path(files: Files, job_id: str) -> None:
    for place in (files.folder, files.incoming, files.source, files.frames, files.erase):
        with pytest.raises(ValueError, match="not a job id"):
            place(job_id)


def test_an_accepted_upload_moves_and_an_erased_one_is_gone(files: Files) -> None:
    job_id = new_job_id()
    files.incoming(job_id).write_bytes(b"video")
    files.accept(job_id)
    assert not files.incoming(job_id).exists()
    assert files.source(job_id).read_bytes() == b"video"
    files.erase(job_id)
    files.erase(job_id)
    assert list((files.data / "jobs").iterdir()) == []


def test_an_accepted_upload_may_be_accepted_again(files: Files) -> None:
    job_id = new_job_id()
    assert files.arrived(job_id) is None
    with pytest.raises(FileNotFoundError):
        files.accept(job_id)
    files.incoming(job_id).write_bytes(b"video")
    assert files.arrived(job_id) == 5
    files.accept(job_id)
    files.accept(job_id)
    assert files.arrived(job_id) == 5


def test_a_sketch_tells_most_videos_apart_and_a_comparison_all(files: Files) -> None:
    video = bytearray(os.urandom(SKETCH_BLOCKS * BLOCK_BYTES * 2))
    hidden = bytearray(video)
    hidden[BLOCK_BYTES + 1] ^= 1  # between two blocks of the sketch
    last = bytearray(video)
    last[-1] ^= 1
    ids = [new_job_id() for _ in range(5)]
    for job_id, content in zip(ids, (video, video, hidden, last, video[:-1]), strict=True):
        files.source(job_id).parent.mkdir(parents=True)
        files.source(job_id).write_bytes(content)
    first, same, *others = ids
    assert files.sketch(first) == files.sketch(same) == files.sketch(others[0])
    assert len({files.sketch(job_id) for job_id in ids}) == 3
    assert files.are_equal(first, same)
    assert not any(files.are_equal(first, other) or files.are_equal(other, first) for other in others)


def test_a_video_that_is_not_there_is_equal_to_none(files: Files) -> None:
    absent = new_job_id()
    assert files.sketch(absent) == ""
    assert not files.are_equal(absent, absent)


def test_the_sweep_removes_only_what_is_old_and_unknown(files: Files) -> None:
    known, expired, broken, fresh = (new_job_id() for _ in range(4))
    for job_id in (known, expired, fresh):
        files.incoming(job_id).write_bytes(b"video")
        files.accept(job_id)
    files.incoming(broken).write_bytes(b"half a vid")
    long_ago = time.time() - ORPHAN_SECONDS - 60
    for path in (files.folder(known), files.folder(expired), files.incoming(broken)):
        os.utime(path, (long_ago, long_ago))
    assert set(files.sweep(lambda job_id: job_id == known)) == {expired, broken}
    assert files.source(known).exists()
    assert files.source(fresh).exists()
    assert not files.folder(expired).exists()
    assert not files.incoming(broken).exists()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        Files(tmp_path / "file").prepare()
