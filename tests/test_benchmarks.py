"""The benchmarks start and count correctly. Their figures are not tested, as they depend on what else runs."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import api, cameras, failures, files
from benchmarks.corpus import CONTAINERS, REFUSED, STREAMS
from benchmarks.films import Transition
from benchmarks.labels import _backward_labels, compare
from benchmarks.transitions import Tally
from shotlens.shots.heads import MOVEMENT, SCALE
from testkit.videos import write_video

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("start", [["-m", "benchmarks.process_video"], ["benchmarks/process_video.py"]])
def test_missing_videos_are_reported_in_one_sentence(tmp_path: Path, start: list[str]) -> None:
    command = [sys.executable, *start, "--videos", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "agent327_1080p_part.mp4 is missing" in ended.stderr


def test_duplicate_and_unmatched_detections_are_false() -> None:
    tally = Tally()
    tally.take(
        [Transition("cut", 50, 0), Transition("dissolve", 100, 24), Transition("fade", 200, 12)],
        [(51, "cut", 0), (113, "dissolve", 22), (118, "dissolve", 4), (300, "cut", 0)],
    )
    assert (tally.all.count, tally.all.hits, tally.all.false) == (3, 2, 2)
    assert (tally.kinds["dissolve"].right, tally.kinds["fade"].hits) == (1, 0)
    assert tally.kinds["dissolve"].off == [1]
    assert tally.all.length_off == [2]


def test_a_labelled_shot_is_compared_with_the_one_that_overlaps_it_most() -> None:
    predicted = [
        {
            "start_frame": 0,
            "end_frame": 10,
            "scale": _certain("CS", SCALE.names),
            "movement": _certain("push", MOVEMENT.names),
        },
        {
            "start_frame": 10,
            "end_frame": 40,
            "scale": _certain("LS", SCALE.names),
            "movement": _certain("static", MOVEMENT.names),
        },
    ]
    by_head = compare([({"shots": [[0, 12, "CS", "-"], [12, 40, "MS", "static"]]}, {"shots": predicted})])
    labels = {head: (truth.tolist(), odds.argmax(axis=1).tolist()) for head, (truth, odds) in by_head.items()}
    assert labels == {"scale": ([1, 2], [1, 4]), "movement": ([0], [0])}


def test_every_drawn_failure_of_the_model_card_is_one(tmp_path: Path) -> None:
    predicted = failures.predict(failures.shots())
    assert [failure.drawn.what for failure in predicted if failure.prediction.label == failure.drawn.truth] == []
    failures.sheet(predicted).savefig(tmp_path / "failures.jpg")
    assert np.asarray(cv2.imread(str(tmp_path / "failures.jpg"))).shape[2] == 3


def test_backwards_a_push_is_a_pull_at_the_other_end() -> None:
    labels = {"frames": 100, "shots": [[0, 30, "-", "push"], [30, 100, "CS", "static"]]}
    assert _backward_labels(labels)["shots"] == [[70, 100, "-", "pull"], [0, 70, "CS", "static"]]


def test_a_virtual_camera_moves_over_a_still_shot_as_planned(tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    (tmp_path / "labels").mkdir()
    patches = np.random.default_rng(3).integers(0, 256, (36, 64, 3)).astype(np.uint8)
    picture = np.asarray(cv2.resize(patches, (320, 180), interpolation=cv2.INTER_CUBIC), np.uint8)
    write_video(tmp_path / "videos" / "still.mp4", [picture] * 50)
    labels = {"video": "still.mp4", "shots": [[0, 20, "MS", "push"], [20, 50, "MS", "static"]]}
    (tmp_path / "labels" / "still.json").write_text(json.dumps(labels))
    [still] = cameras.stills(tmp_path)
    assert (still.first, still.end) == (20, 50)
    ways = [
        np.sum([(abs(step.dx) + abs(step.dy), step.log_scale) for step in stored.shot.camera_path], axis=0)
        for stored in cameras.film(still, 1, tmp_path)
    ]
    moved, grown = np.transpose(ways)
    assert grown[MOVEMENT.names.index("push")] > 0.1
    assert grown[MOVEMENT.names.index("pull")] < -0.1
    assert moved[MOVEMENT.names.index("motion")] > 0.1
    assert abs(grown[MOVEMENT.names.index("static")]) < 0.1


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffmpeg and ffprobe are not on the PATH")
def test_files_are_compared_with_what_ffmpeg_tells(tmp_path: Path) -> None:
    cases = [case for case in [*CONTAINERS, *STREAMS] if case.file in ("a.mpg", "b.ts", "h.mp4")]
    rows, wrongly_refused = files.measure_all({"Some": cases}, tmp_path)
    assert wrongly_refused == []
    assert [row.ours.frames for row in rows["Some"]] == [75, 75, 75]
    assert [row.starts for row in rows["Some"]] == [(0, 1, 2)] * 3
    assert all(0 < row.ours.colours < 5 for row in rows["Some"])
    refusals = [(case, files.refusal(case, tmp_path)) for case in REFUSED if case.file in ("a.jpg", "v.mp4", "g.ts")]
    page = files.page(rows, refusals)
    assert "| MPEG-TS, packets of 204 bytes | 75 | 3.00 s | 320 × 180 | 0 1 2 |" in page  # noqa: RUF001
    assert "| JPEG | That is a photo (JPEG), not a video." in page
    assert page.count("This video is encrypted") == 2


def test_a_value_that_differs_from_that_of_ffmpeg_is_marked() -> None:
    facts = files.Facts(75, 3.0, (320, 180), 2.0, "aac 1", "01:00:00:00")
    case = CONTAINERS[0]
    same = files.Row(case, facts, (0, 1, 2), facts, None)
    other = files.Row(case, replace(facts, frames=74, colours=5.0, timecode=""), (0, 1), facts, None)
    assert all(mine == right for mine, right in same.cells())
    cells = "| **74** (75) | 3.00 s | 320 × 180 | **0 1** (0 1 2) | **5.0** (2.0) | aac 1 | **none** (01:00:00:00) |"  # noqa: RUF001
    assert cells in files.page({"Some": [other]}, [])


def _certain(label: str, names: Sequence[str]) -> dict[str, object]:
    return {"probabilities": {name: float(name == label) for name in names}}


def test_status_requests_start_when_they_are_due(service_url: str) -> None:
    took, late = api.open_loop(service_url, "/healthz", 40, 1)
    assert len(took) == 40
    assert all(0 < seconds < 30 for seconds in took)
    assert took == sorted(took)
    assert len(late) <= 40
    assert max(late) < max(took)


def test_a_large_file_passes_for_a_video(tmp_path: Path) -> None:
    api.write_large(tmp_path / "large.mp4", 2_500_000)
    content = (tmp_path / "large.mp4").read_bytes()
    assert len(content) == 2_500_000
    assert int.from_bytes(content[32:40], "big") == 2_500_000 - 24  # the box of the noise reaches to the end
    assert content[-1000:].count(0) < 100
