"""The log of the whole service: each line is JSON, and one id finds the lines of a job in all three services."""

import json
from pathlib import Path

import requests

from testkit.service import Service
from testkit.videos import shots, write_sound, write_video
from testkit.waiting import until


def test_one_request_is_followed_through_all_services(service: Service, tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([12, 14]))
    good = _post(service, video, "request-1")
    bad = _post(service, write_sound(tmp_path / "b.mp4"), "request-2")
    assert until(lambda: "predicted" in events(service, good) and "failed" in events(service, bad))

    lines = [json.loads(line) for line in service.lines if line.startswith("{")]
    assert all({"time", "level", "service", "event"} <= set(line) for line in lines)
    of_good = [line for line in lines if line.get("job") == good]
    assert {line["request"] for line in of_good} == {"request-1"}
    steps = [(line["service"], line["event"]) for line in of_good]
    assert steps == [("api", "accepted"), ("process_video", "cut"), ("model", "predicted")]
    assert [line["shots"] for line in of_good[1:]] == [2, 2]
    assert all(line["seconds"] > 0 for line in of_good[1:])
    [failed] = [line for line in lines if line.get("job") == bad and line["event"] == "failed"]
    assert (failed["service"], failed["request"]) == ("process_video", "request-2")
    assert "no video stream" in failed["why"]


def events(service: Service, job: str) -> list[str]:
    """The events that the service has logged for a job so far."""
    lines = (json.loads(line) for line in service.lines if line.startswith("{"))
    return [line["event"] for line in lines if line.get("job") == job]


def _post(service: Service, video: Path, request: str) -> str:
    """Send a video; return the id of its job."""
    headers = {"Prefer": "wait=60", "X-Request-Id": request}
    with video.open("rb") as file:
        answer = requests.post(f"{service.url}/predict", files={"file": file}, headers=headers, timeout=180).json()
    return str(answer.get("job") or answer["id"])
