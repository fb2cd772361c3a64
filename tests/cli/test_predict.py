"""`shotlens predict`: the same result in this process and from a service, as table, JSON, CSV, exports and clips."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import av
import opentimelineio as otio
import pytest

from shotlens.cli.main import main
from shotlens.shots.heads import HEADS
from shotlens.shots.result import JobResult
from testkit.videos import shots, write_video

pytestmark = pytest.mark.slow
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("videos") / "ad.mp4", shots([20, 31]))


def test_json_is_the_contract(video: Path, capsys: Output) -> None:
    assert main(["predict", str(video), "--json"]) == 0
    result = JobResult.model_validate_json(capsys.readouterr().out)
    assert (result.state, result.filename, result.summary.shots) == ("done", "ad.mp4", 2)
    assert [(shot.start_frame, shot.end_frame) for shot in result.shots] == [(0, 20), (20, 51)]
    assert all(shot.predicted(head) for shot in result.shots for head in HEADS)


def test_json_of_several_videos_is_a_line_each(video: Path, capsys: Output) -> None:
    assert main(["predict", str(video), str(video), "--json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [JobResult.model_validate_json(line).summary.shots for line in lines] == [2, 2]


def test_csv_has_a_line_per_shot(video: Path, capsys: Output) -> None:
    assert main(["predict", str(video), str(video), "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["file"], row["start_frame"], row["end_frame"]) for row in rows] == [
        ("ad.mp4", "0", "20"), ("ad.mp4", "20", "51"), ("ad.mp4", "0", "20"), ("ad.mp4", "20", "51"),
    ]  # fmt: skip


def test_csv_is_short_for_format_csv(video: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["predict", str(video), "--format", "csv"]) == 0
    by_name = capsysbinary.readouterr().out
    assert main(["predict", str(video), "--csv"]) == 0
    assert capsysbinary.readouterr().out == by_name


def test_an_export_of_one_video_is_printed(video: Path, capsys: Output) -> None:
    assert main(["predict", str(video), "--format", "edl"]) == 0
    clips = otio.adapters.read_from_string(capsys.readouterr().out, "cmx_3600", rate=25).find_clips()
    assert [clip.source_range.start_time.value for clip in clips] == [0, 20]


def test_files_of_several_videos_go_to_a_folder(video: Path, tmp_path: Path, capsys: Output) -> None:
    other = shutil.copy(video, tmp_path / "Ü b.mp4")
    out = tmp_path / "made" / "here"
    assert main(["predict", str(video), str(other), "--format", "otio", "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    assert {path.name for path in out.iterdir()} == {"ad.otio", "Ü b.otio"}
    for path in out.iterdir():
        assert len(otio.adapters.read_from_file(str(path)).find_clips()) == 2


def test_a_name_that_is_not_utf_8_is_taken(video: Path, tmp_path: Path, capsys: Output) -> None:
    odd = shutil.copy(video, tmp_path / "caf\udce9.mp4")
    assert main(["predict", str(odd), "--json", "--frames", str(tmp_path / "frames")]) == 0
    result = JobResult.model_validate_json(capsys.readouterr().out)
    assert result.filename == "caf\ufffd.mp4"
    assert all(Path(frame).is_file() for shot in result.shots for frame in shot.frames)


def test_a_video_whose_file_is_newer_is_skipped_unless_it_is_wanted_again(
    video: Path, tmp_path: Path, capsys: Output
) -> None:
    arguments = ["predict", str(video), "--csv", "--out", str(tmp_path)]
    file = tmp_path / "ad.csv"
    file.write_text("made before")
    assert main(arguments) == 0
    assert file.read_text() == "made before"
    assert f"skipped 1 video with a newer file in {tmp_path}: --again predicts them too." in capsys.readouterr().err
    assert main([*arguments, "--again"]) == 0
    assert "ad.mp4" in file.read_text()
    os.utime(file, (0, 0))
    assert main(arguments) == 0
    assert file.stat().st_mtime > 0
    assert capsys.readouterr().err == ""


def test_the_table_is_for_people(video: Path, capsys: Output) -> None:
    assert main(["predict", str(video)]) == 0
    table = capsys.readouterr().out
    assert "ad.mp4: 2 shots" in table
    assert "00:00:00:20" in table
    numbers = [line.split("│")[1].strip() for line in table.splitlines() if line.startswith("│")]
    assert numbers == ["1", "2"]


def test_one_shot_is_not_shots_and_a_name_is_no_markup(video: Path, tmp_path: Path, capsys: Output) -> None:
    other = shutil.copy(video, tmp_path / "ad [red] [bold].mp4")
    assert main(["predict", str(other), "--min-shot", "1"]) == 0
    assert "ad [red] [bold].mp4: 1 shot " in capsys.readouterr().out


def test_only_shots_with_the_chosen_labels_are_printed(video: Path, capsys: Output) -> None:
    assert main(["predict", str(video), "--json"]) == 0
    labels = [shot["scale"]["label"] for shot in json.loads(capsys.readouterr().out)["shots"]]
    others = ",".join({"ECS", "CS", "MS", "FS", "LS"} - {labels[0]})
    for chosen, expected in (
        (labels[0].lower(), labels.count(labels[0])),
        (others, len(labels) - labels.count(labels[0])),
    ):
        assert main(["predict", str(video), "--json", "--scale", chosen]) == 0
        assert len(json.loads(capsys.readouterr().out)["shots"]) == expected


def test_timecodes_start_where_they_are_wanted(video: Path, tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "ad.mov"
    with av.open(str(video)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.metadata["timecode"] = "01:00:00:00"
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    for options, start in (([], "01:00:00:00"), (["--timecode", "zero"], "00:00:00:00")):
        assert main(["predict", str(path), "--json", *options]) == 0
        assert json.loads(capsys.readouterr().out)["shots"][0]["start_timecode"] == start


def test_frames_are_written_to_the_folder_that_is_given(video: Path, tmp_path: Path, capsys: Output) -> None:
    assert main(["predict", str(video), "--json", "--frames", str(tmp_path)]) == 0
    result = json.loads(capsys.readouterr().out)
    frames = [Path(frame) for shot in result["shots"] for frame in shot["frames"]]
    assert len(frames) == 16
    assert frames == [tmp_path / "ad" / str(shot) / f"{k}.jpg" for shot in (1, 2) for k in range(8)]
    assert all(frame.is_file() for frame in frames)
    assert len(list((tmp_path / "ad").iterdir())) == 2


def test_each_shot_becomes_a_clip(video: Path, tmp_path: Path) -> None:
    assert main(["predict", str(video), "--clips", str(tmp_path)]) == 0
    assert [path.name for path in sorted((tmp_path / "ad").iterdir())] == ["ad-001.mp4", "ad-002.mp4"]
    for name, length in (("ad-001.mp4", 20), ("ad-002.mp4", 31)):
        with av.open(str(tmp_path / "ad" / name)) as clip:
            assert sum(1 for _ in clip.decode(video=0)) == length


def test_a_bad_video_is_reported_and_the_others_are_predicted(video: Path, tmp_path: Path, capsys: Output) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_text("no video")
    assert main(["predict", str(bad), str(tmp_path / "missing.mp4"), str(video), "--csv"]) == 1
    captured = capsys.readouterr()
    assert "bad.mp4: That is not a video" in captured.err
    assert "missing.mp4: there is no such file" in captured.err
    assert len(captured.out.splitlines()) == 3


def test_a_service_returns_the_same_result(video: Path, service_url: str, capsys: Output) -> None:
    assert main(["predict", str(video), "--json"]) == 0
    here = json.loads(capsys.readouterr().out)
    assert main(["predict", str(video), "--json", "--url", service_url.removeprefix("http://") + "/"]) == 0
    there = json.loads(capsys.readouterr().out)
    for result in (here, there):
        for shot in result["shots"]:
            shot.pop("frames")
    assert [shot["scale"]["label"] for shot in there["shots"]] == [shot["scale"]["label"] for shot in here["shots"]]
    assert there["video"] == here["video"]
    assert there["model"] == here["model"]


def test_a_service_uses_the_options(video: Path, service_url: str, capsys: Output) -> None:
    arguments = ["predict", str(video), "--json", "--detector", "hash", "--min-shot", "1", "--url", service_url]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["options"] == {"detector": "hash", "min_shot": 1.0}


def test_clips_of_a_result_by_a_service_are_written_here(video: Path, service_url: str, tmp_path: Path) -> None:
    assert main(["predict", str(video), "--clips", str(tmp_path), "--url", service_url]) == 0
    assert [path.name for path in sorted((tmp_path / "ad").iterdir())] == ["ad-001.mp4", "ad-002.mp4"]


def test_here_and_there_a_file_is_refused_in_the_same_words(service_url: str, tmp_path: Path, capsys: Output) -> None:
    sentences = []
    for content in (b"no video at all", b""):
        (tmp_path / "bad.mp4").write_bytes(content)
        for place in ([], ["--url", service_url]):
            assert main(["predict", str(tmp_path / "bad.mp4"), *place]) == 1
            sentences.append(capsys.readouterr().err)
    assert sentences[0] == sentences[1]
    assert sentences[2] == sentences[3]
    assert "MP4" in sentences[0]
    assert "is empty" in sentences[2]


def test_nothing_but_its_own_sentences_is_on_stderr(video: Path, tmp_path: Path) -> None:
    """In a process of its own: what native libraries print goes past Python's stderr."""
    bad = tmp_path / "notes.txt"
    bad.write_text("no video")
    run = subprocess.run(
        [sys.executable, "-m", "shotlens", "predict", str(bad), str(video)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, len(run.stderr.splitlines())) == (1, 1)
    assert run.stderr.startswith(f"shotlens: {bad}: That is not a video")
    assert "ad.mp4: 2 shots" in run.stdout
