"""People's own labels go in the same way as MovieShots'; a clip that kills its reader harms no other."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shotlens.cli.main import main
from shotlens.shots.edits import Edit, LabelEdit, MergeEdit, SplitEdit
from shotlens.shots.job import Job
from shotlens.shots.result import result
from shotlens.shots.shot import Shot, frames_of
from shotlens.training.data.labels import Sample, read_csv
from shotlens.training.data.prepare import _extract_all, prepare
from shotlens.training.data.samples import content_file, read_content, read_index
from shotlens.training.errors import DataError
from testkit.videos import shots, write_video
from tests.training.lookalike import write_clip

pytestmark = pytest.mark.slow

BOUNDS = ((0, 12), (12, 32), (32, 41))
DONE = Job("0" * 24, "done", 1.0, None, None, "ad.mp4", 10, None, None, 0.0, 1.0)


class Deadly:
    """Ends the process that receives it, as a crashing decoder does."""

    def __reduce__(self) -> tuple[Callable[[int], Any], tuple[int]]:
        return os._exit, (1,)


def test_a_csv_of_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_clip(tmp_path / "mine" / "a.mp4", "Push", 1)
    (tmp_path / "labels.csv").write_text(
        "path,scale,movement,split\nmine/a.mp4,CS,push,train\nmine/b.mp4,,static,val\n"
    )
    assert main(["prepare", str(tmp_path / "labels.csv"), "--out", str(tmp_path / "out")]) == 0
    [sample] = read_index(tmp_path / "out")
    assert (sample.name, sample.scale, sample.movement) == ("mine_a", "CS", "push")
    assert (tmp_path / "out" / "train" / "mine_a.mp4").samefile(tmp_path / "mine" / "a.mp4")
    printed = capsys.readouterr().out
    assert "1 samples to read: about" in printed
    assert "1 labelled, but there is no clip: left out (mine_b)" in printed


def test_a_corrected_result_gives_the_shots_that_a_person_labelled(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    write_video(tmp_path / "videos" / "ad.mp4", shots([12, 20, 9]))
    rows = [(0, 12, None), (12, 32, {"scale": "CS"}), (32, 41, {"movement": "static"})]
    entries = [
        {"index": index, "start_frame": start, "end_frame": end, "corrected": corrected}
        for index, (start, end, corrected) in enumerate(rows)
    ]
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"filename": "ad.mp4", "shots": entries}))
    assert main(["prepare", str(result), "--clips", str(tmp_path / "videos"), "--out", str(tmp_path / "out")]) == 0
    samples = read_index(tmp_path / "out")
    assert [(sample.name, sample.scale, sample.movement) for sample in samples] == [
        ("ad_shot_000012-000032", "CS", None),
        ("ad_shot_000032-000041", None, "static"),
    ]
    paths = [read_content(content_file(tmp_path / "out", sample)).camera_path for sample in samples]
    assert [round(sum(motion.seconds for motion in path), 2) for path in paths] == [0.76, 0.32]


def test_shots_that_are_split_and_merged_after_they_were_prepared_are_read_anew(tmp_path: Path) -> None:
    write_video(tmp_path / "ad.mp4", shots([12, 20, 9]))
    cut = [Shot(first, end, first / 25, end / 25, frames_of(first), ()) for first, end in BOUNDS]
    labelled: list[Edit] = [LabelEdit(shot=index, labels={"scale": "CS"}) for index in range(3)]
    seconds = {}
    for edits in (labelled, [*labelled, SplitEdit(shot=0, frame=4), MergeEdit(shot=2)]):
        value = result(DONE, cut, {}, lambda shot, k: f"{shot}/{k}.jpg", edits)
        (tmp_path / "result.json").write_text(value.model_dump_json())
        arguments = [str(tmp_path / "result.json"), "--clips", str(tmp_path), "--out", str(tmp_path / "out")]
        assert main(["prepare", *arguments]) == 0
        for sample in read_index(tmp_path / "out"):
            path = read_content(content_file(tmp_path / "out", sample)).camera_path
            seconds[sample.first, sample.end] = round(sum(motion.seconds for motion in path), 2)
    # From the first frame to the last one, at 25 frames per second.
    assert seconds == {(0, 12): 0.44, (12, 32): 0.76, (32, 41): 0.32, (0, 4): 0.12, (4, 12): 0.28, (12, 41): 1.12}
    assert len(read_index(tmp_path / "out")) == 3


def test_a_video_that_is_not_the_labelled_one_is_reported(tmp_path: Path) -> None:
    write_video(tmp_path / "ad.mp4", shots([12]))
    shot = {"index": 3, "start_frame": 400, "end_frame": 420, "corrected": {"scale": "LS"}}
    (tmp_path / "result.json").write_text(json.dumps({"filename": "ad.mp4", "shots": [shot]}))
    assert main(["prepare", str(tmp_path / "result.json"), "--clips", str(tmp_path), "--out", str(tmp_path / "o")]) == 1
    report = json.loads((tmp_path / "o" / "report.json").read_text())
    assert report["unreadable"] == {
        "ad_shot_000400-000420": "ad.mp4 has no frame 400: it is not the video that was labelled."
    }


def test_a_clip_that_kills_its_process_spares_the_others(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.mp4", tmp_path / "bad.mp4"
    write_clip(good, "Static", 1)
    shutil.copy(good, bad)
    sample = Sample("good", "train", "CS", None, "good")
    problems = dict(_extract_all({good: [sample], bad: [Deadly()]}, tmp_path, 2))  # type: ignore[list-item]
    assert problems[good] == ""
    assert problems[bad].startswith("The decoder crashed on it")
    assert content_file(tmp_path, sample).exists()


def test_too_little_room_is_said_before_anything_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clip(tmp_path / "a.mp4", "Static", 1)
    (tmp_path / "labels.csv").write_text("path,scale,movement\na.mp4,CS,static\n")
    monkeypatch.setattr("shotlens.training.data.prepare.SPARE", 10**18)
    with pytest.raises(DataError, match="There is too little room"):
        prepare(read_csv(tmp_path / "labels.csv"), tmp_path / "out")
    assert not (tmp_path / "out" / "cache").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "MovieShots' labels need its clips"), (["--clips", "nowhere"], "nowhere is neither a folder nor a file")],
)
def test_movieshots_without_its_clips_is_a_sentence(
    tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = tmp_path / "v1.json"
    labels.write_text(json.dumps({"train": {"tt1": {"0000": {"scale": {"label": "CS"}}}}}))
    assert main(["prepare", str(labels), *arguments, "--out", str(tmp_path / "out")]) == 1
    assert message in capsys.readouterr().err
