"""`shotlens predict`: the same result in this process and from a service, as table, JSON, CSV and exports."""

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import opentimelineio as otio
import pytest

from shotlens.cli.main import main
from shotlens.shots.heads import HEADS
from shotlens.shots.result import JobResult
from testkit.videos import shots, write_video

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("videos") / "ad.mp4", shots([20, 31]))


def test_json_is_the_contract(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(video), "--json"]) == 0
    result = JobResult.model_validate_json(capsys.readouterr().out)
    assert (result.state, result.filename, result.summary.shots) == ("done", "ad.mp4", 2)
    assert [(shot.start_frame, shot.end_frame) for shot in result.shots] == [(0, 20), (20, 51)]
    assert all(shot.predicted(head) for shot in result.shots for head in HEADS)


def test_csv_has_a_line_per_shot(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(video), str(video), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["file"], row["index"], row["end_frame"]) for row in rows] == [
        ("ad.mp4", "0", "20"), ("ad.mp4", "1", "51"), ("ad.mp4", "0", "20"), ("ad.mp4", "1", "51"),
    ]  # fmt: skip


def test_csv_is_short_for_format_csv(video: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["predict", str(video), "--format", "csv"]) == 0
    by_name = capsysbinary.readouterr().out
    assert main(["predict", str(video), "--csv"]) == 0
    assert capsysbinary.readouterr().out == by_name


def test_an_export_of_one_video_is_printed(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(video), "--format", "edl"]) == 0
    clips = otio.adapters.read_from_string(capsys.readouterr().out, "cmx_3600", rate=25).find_clips()
    assert [clip.source_range.start_time.value for clip in clips] == [0, 20]


def test_files_of_several_videos_go_to_a_folder(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shutil.copy(video, tmp_path / "Ü b.mp4")
    out = tmp_path / "made" / "here"
    assert main(["predict", str(video), str(other), "--format", "otio", "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    assert {path.name for path in out.iterdir()} == {"ad.otio", "Ü b.otio"}
    for path in out.iterdir():
        assert len(otio.adapters.read_from_file(str(path)).find_clips()) == 2


def test_a_name_that_is_not_utf_8_is_taken(video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    odd = shutil.copy(video, tmp_path / "caf\udce9.mp4")
    assert main(["predict", str(odd), "--json", "--frames", str(tmp_path / "frames")]) == 0
    result = JobResult.model_validate_json(capsys.readouterr().out)
    assert result.filename == "caf\ufffd.mp4"
    assert all(Path(frame).is_file() for shot in result.shots for frame in shot.frames)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a.mp4", "b.mp4", "--format", "edl"], "edl holds one video per file: with several videos, add --out FOLDER"),
        (["a.mp4", "--out", "made"], "choose a format with --format"),
        (["x/a.mp4", "a.mov", "--csv", "--out", "made"], "Two of the videos would be written to a.csv"),
        (["x/a.mp4", "a.mov", "--frames", "made"], "Two of the videos would be written to a:"),
        (
            ["a.mp4", "--csv", "--out", "/dev/null/made"],
            "The folder /dev/null/made cannot be created: Not a directory.",
        ),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_any_work(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["predict", *arguments]) == 1
    assert sentence in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_table_is_for_people(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(video)]) == 0
    shown = capsys.readouterr().out
    assert "ad.mp4: 2 shots" in shown
    assert "00:00:00:20" in shown


def test_frames_are_written_to_the_folder_that_is_given(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["predict", str(video), "--json", "--frames", str(tmp_path)]) == 0
    result = json.loads(capsys.readouterr().out)
    frames = [Path(frame) for shot in result["shots"] for frame in shot["frames"]]
    assert len(frames) == 16
    assert frames == [tmp_path / "ad" / str(shot) / f"{k}.jpg" for shot in (0, 1) for k in range(8)]
    assert all(frame.is_file() for frame in frames)
    assert len(list((tmp_path / "ad").iterdir())) == 2


def test_a_bad_video_is_reported_and_the_others_are_predicted(
    video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video")
    assert main(["predict", str(bad), str(tmp_path / "missing.mp4"), str(video), "--csv"]) == 1
    captured = capsys.readouterr()
    assert "bad.mp4: This is not a video" in captured.err
    assert "missing.mp4: there is no such file" in captured.err
    assert len(captured.out.splitlines()) == 3


def test_a_service_returns_the_same_result(video: Path, service_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(video), "--json"]) == 0
    here = json.loads(capsys.readouterr().out)
    assert main(["predict", str(video), "--json", "--url", service_url + "/"]) == 0
    there = json.loads(capsys.readouterr().out)
    for result in (here, there):
        for shot in result["shots"]:
            shot.pop("frames")
    assert [shot["scale"]["label"] for shot in there["shots"]] == [shot["scale"]["label"] for shot in here["shots"]]
    assert there["video"] == here["video"]
    assert there["model"] == here["model"]


def test_a_service_uses_the_chosen_detector(video: Path, service_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(video), "--json", "--detector", "hash", "--url", service_url]) == 0
    assert json.loads(capsys.readouterr().out)["options"]["detector"] == "hash"


def test_a_refusal_by_the_service_is_shown(
    service_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video at all")
    assert main(["predict", str(bad), "--url", service_url]) == 1
    assert "MP4" in capsys.readouterr().err


def test_a_missing_service_is_reported(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(video), "--url", "http://127.0.0.1:9"]) == 1
    assert "cannot be reached" in capsys.readouterr().err


def test_nothing_but_its_own_sentences_is_on_stderr(video: Path, tmp_path: Path) -> None:
    """In a process of its own: what native libraries print goes past Python's stderr."""
    bad = tmp_path / "notes.txt"
    bad.write_text("no video")
    run = subprocess.run(
        [sys.executable, "-m", "shotlens", "predict", str(bad), str(video)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, len(run.stderr.splitlines())) == (1, 1)
    assert run.stderr.startswith(f"shotlens: {bad}: This is not a video")
    assert "ad.mp4: 2 shots" in run.stdout
