"""The labels of clips are read as people meant them, or refused with a sentence that tells what would be right."""

import json
from pathlib import Path

import pytest

from shotlens.training.data.labels import SPLITS, fold_of, read_csv, read_movieshots, read_result, split_of
from shotlens.training.errors import LabelsError

ENTRY = {"scale": {"label": "MS", "value": 2}, "movement": {"label": "Push", "value": 1}}


def written(folder: Path, values: object) -> Path:
    path = folder / "labels.json"
    path.write_text(json.dumps(values))
    return path


def test_the_splits_of_movieshots_are_kept(tmp_path: Path) -> None:
    labels = read_movieshots(written(tmp_path, {"train": {"tt1": {"0014": ENTRY}}, "test": {"tt2": {"0001": ENTRY}}}))
    assert [(s.name, s.split, s.scale, s.movement, s.group) for s in labels.samples] == [
        ("tt1_shot_0014", "train", "MS", "push", "tt1"),
        ("tt2_shot_0001", "test", "MS", "push", "tt2"),
    ]


def test_a_file_without_splits_keeps_a_trailer_together(tmp_path: Path) -> None:
    values = {f"tt{number}": {"0000": ENTRY, "0001": ENTRY} for number in range(60)}
    labels = read_movieshots(written(tmp_path, values))
    by_trailer = {sample.group: sample.split for sample in labels.samples}
    assert all(by_trailer[sample.group] == sample.split == split_of(sample.group) for sample in labels.samples)
    assert set(by_trailer.values()) == set(SPLITS)


def test_a_label_may_be_given_by_its_number_or_missing(tmp_path: Path) -> None:
    values = {"train": {"tt1": {"0": {"scale": {"value": 4}}, "1": {"movement": {"value": 2}}, "2": {}}}}
    labels = read_movieshots(written(tmp_path, values))
    assert [(s.scale, s.movement) for s in labels.samples] == [("LS", None), (None, "pull")]
    assert labels.unlabelled == ["tt1_shot_2"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"train": {"tt1": {"0": ENTRY}}, "val": {"tt1": {"1": ENTRY}}}, "tt1 is in two splits"),
        ({"train": {"tt1": {"0": {"scale": {"label": "XXL"}}}}}, "the scale 'XXL' is none of ECS, CS"),
        ([], "holds no labels"),
        ({"train": {"tt1": 5}}, "should hold"),
    ],
)
def test_what_is_no_movieshots_file_is_refused(tmp_path: Path, values: object, message: str) -> None:
    with pytest.raises(LabelsError, match=message):
        read_movieshots(written(tmp_path, values))


def test_a_csv_names_clips_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("path,scale,movement,split\nfilm one/a.mp4,CS,-,val\nb.mov,,push,\n")
    labels = read_csv(path)
    assert [(s.name, s.split, s.scale, s.movement) for s in labels.samples] == [
        ("film_one_a", "val", "CS", None),
        ("b", split_of("b"), None, "push"),
    ]
    assert labels.clips["film_one_a"] == tmp_path / "film one" / "a.mp4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,scale\n", "must begin with the line path,scale,movement"),
        ("path,scale,movement\na.mp4,close,\n", "line 2: 'close' is none of ECS, CS, MS, FS, LS"),
        ("path,scale,movement,split\na.mp4,CS,,dev\n", "line 2: the split 'dev' is none of train, val, test"),
    ],
)
def test_a_csv_with_a_mistake_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(LabelsError, match=message):
        read_csv(path)


def test_corrections_are_taken_and_predictions_are_not(tmp_path: Path) -> None:
    shots = [
        {"index": 0, "start_frame": 0, "end_frame": 10, "corrected": None, "scale": {"label": "LS"}},
        {"index": 1, "start_frame": 10, "end_frame": 30, "corrected": {"movement": "push"}},
    ]
    path = written(tmp_path, {"filename": "../../my ad.mp4", "shots": shots})
    labels = read_result(path, tmp_path)
    [sample] = labels.samples
    assert (sample.name, sample.scale, sample.movement) == ("my_ad_shot_000010-000030", None, "push")
    assert (sample.first, sample.end) == (10, 30)
    assert labels.clips[sample.name] == tmp_path / "my ad.mp4"


def test_folds_take_all_groups_and_about_as_many_each() -> None:
    counts = [sum(fold_of(f"group {number}", 5) == fold for number in range(1000)) for fold in range(5)]
    assert sum(counts) == 1000
    assert min(counts) > 150
