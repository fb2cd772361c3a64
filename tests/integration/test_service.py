"""The whole service, used from outside by its client: at the address in SHOTLENS_URL, or a service started here.

Docker: `docker-compose up --build -d`, then `SHOTLENS_URL=http://localhost:5000 pytest tests/integration`.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from shotlens import Client
from shotlens.shots.heads import MOVEMENT, SCALE
from shotlens.shots.result import JobResult
from testkit.videos import shots, write_sound, write_video

WAIT = {"Prefer": "wait=120"}


def post(url: str, path: Path, headers: dict[str, str] | None = None) -> requests.Response:
    with path.open("rb") as file:
        return requests.post(f"{url}/predict", files={"file": (path.name, file)}, headers=headers, timeout=180)


@pytest.fixture(scope="module")
def client(service_url: str) -> Client:
    return Client(service_url)


@pytest.fixture(scope="module")
def answer(service_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The result of a video of three shots."""
    video = write_video(tmp_path_factory.mktemp("videos") / "ad.mp4", shots([30, 31, 14], 320, 180))
    response = post(service_url, video, WAIT)
    assert response.status_code == 200, response.text
    assert response.headers["Preference-Applied"] == "wait=120"
    return dict(response.json())


def test_the_answer_keeps_the_contract(answer: dict[str, Any]) -> None:
    JobResult.model_validate(answer)
    assert (answer["state"], answer["progress"], answer["error"]) == ("done", 1.0, None)
    assert answer["filename"] == "ad.mp4"
    facts = {"duration": 3.0, "fps": 25.0, "width": 320, "height": 180, "frames": 75, "codec": "h264", "tracks": 1}
    assert answer["video"].items() >= facts.items()
    assert [(shot["start_frame"], shot["end_frame"]) for shot in answer["shots"]] == [(0, 30), (30, 61), (61, 75)]
    assert [shot["start"] for shot in answer["shots"]] == [0.0, 1.2, 2.44]
    assert answer["shots"][1]["start_timecode"] == "00:00:01:05"
    for shot in answer["shots"]:
        for head, labels in (("movement", MOVEMENT.names), ("scale", SCALE.names)):
            assert set(shot[head]["probabilities"]) == set(labels)
            assert sum(shot[head]["probabilities"].values()) == pytest.approx(1, abs=0.001)
            assert shot[head]["confidence"] == max(shot[head]["probabilities"].values())
        assert len(shot["frames"]) == 8
    assert answer["summary"]["shots"] == 3
    assert len(answer["model"]["sha256"]) == 64


def test_the_job_can_be_read_again(service_url: str, answer: dict[str, Any]) -> None:
    assert requests.get(f"{service_url}/jobs/{answer['id']}", timeout=60).json() == answer


def test_every_frame_is_there(service_url: str, answer: dict[str, Any]) -> None:
    for address in (frame for shot in answer["shots"] for frame in shot["frames"]):
        response = requests.get(service_url + address, timeout=60)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
        assert response.content[:2] == b"\xff\xd8"


def test_the_video_comes_in_ranges(service_url: str, answer: dict[str, Any]) -> None:
    address = f"{service_url}/jobs/{answer['id']}/video"
    whole = requests.get(address, timeout=60)
    part = requests.get(address, headers={"Range": "bytes=4-7"}, timeout=60)
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert part.content == whole.content[4:8]


def test_the_client_waits_as_long_as_it_takes(client: Client, tmp_path: Path) -> None:
    reported: list[float] = []
    job = client.predict(write_video(tmp_path / "a.mp4", shots([12, 12])), on_progress=reported.append)
    assert (job["state"], len(job["shots"])) == ("done", 2)
    assert reported[-1] == 1.0
    assert reported == sorted(reported)


def test_shots_come_one_by_one(client: Client, tmp_path: Path) -> None:
    received = client.shots(client.submit(write_video(tmp_path / "a.mp4", shots([12, 9, 14]))))
    assert sorted((shot["start_frame"], shot["scale"] is None) for shot in received) == [
        (0, False),
        (12, False),
        (21, False),
    ]


def test_a_deleted_job_is_gone(client: Client, service_url: str, tmp_path: Path) -> None:
    job = client.predict(write_video(tmp_path / "a.mp4", shots([12])))
    client.delete(job["id"])
    address = f"{service_url}/jobs/{job['id']}"
    for gone in (address, address + "/video", service_url + job["shots"][0]["frames"][0]):
        assert requests.get(gone, timeout=60).status_code == 404


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("sound.mp4", 422, "no video stream"),
        ("cut.mp4", 422, "cut short"),
        ("text.mp4", 415, "MP4"),
        ("empty.mp4", 422, "empty"),
    ],
)
def test_a_bad_video_is_refused_with_the_reason(
    service_url: str, tmp_path: Path, name: str, status: int, words: str
) -> None:
    path = tmp_path / name
    if name == "sound.mp4":
        write_sound(path)
    elif name == "cut.mp4":
        data = write_video(path, shots([20, 20])).read_bytes()
        path.write_bytes(data[: len(data) // 2])
    else:
        path.write_text("no video at all\n" * 50 if name == "text.mp4" else "")
    response = post(service_url, path, WAIT)
    assert (response.status_code, response.headers["Content-Type"]) == (status, "application/problem+json")
    problem = response.json()
    assert words in problem["detail"]
    if "job" in problem:
        assert requests.get(f"{service_url}/jobs/{problem['job']}/video", timeout=60).status_code == 404


def test_several_videos_are_predicted_at_once(client: Client, tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", shots([12, 9, 14]))
    jobs = [client.submit(video) for _ in range(6)]
    for job in jobs:
        assert sorted(shot["start_frame"] for shot in client.shots(job)) == [0, 12, 21]


def test_health_and_the_start_page_answer(service_url: str) -> None:
    assert requests.get(f"{service_url}/healthz", timeout=60).ok
    assert requests.get(f"{service_url}/readyz", timeout=60).ok
    page = requests.get(service_url, timeout=60)
    assert page.headers["Content-Type"].startswith("text/html")


def test_a_real_film_has_the_shots_that_people_see(client: Client, shared: Path) -> None:
    job = client.predict(shared / "data/videos/agent327_480p.mp4")
    assert 60 <= len(job["shots"]) <= 110


def test_a_broken_connection_does_no_harm_to_the_service(service_url: str) -> None:
    def half() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n\0\0\0\x18ftypisom'
        raise io.UnsupportedOperation("the client goes away")

    with pytest.raises(OSError, match="goes away"):
        requests.post(
            f"{service_url}/predict",
            data=half(),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
            timeout=60,
        )
    assert requests.get(f"{service_url}/healthz", timeout=60).ok
