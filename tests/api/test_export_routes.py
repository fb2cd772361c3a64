"""GET /jobs/<id>/export: formats, selection, names, the zip, refusals."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

import opentimelineio as otio
import pytest
from flask.testing import FlaskClient

from shotlens.exports import sheet_png
from shotlens.exports.registry import EXPORTS, SHEETS
from shotlens.shots.result import JobResult
from shotlens.shots.shot import Frame
from shotlens.storage.files import Files
from testkit.standin import JPEG, VIDEO, StandIn
from tests.api.conftest import Send, json_of

Finished = Callable[..., str]


@pytest.fixture
def finished(send: Send, standin: StandIn) -> Finished:
    """Make a job of two shots that is done; return the address of its exports."""

    def make(filename: str = "ad.mp4") -> str:
        address = send(filename=filename).headers["Location"]
        standin.whole(shots=2)
        return f"{address}/export"

    return make


@pytest.mark.parametrize("form", EXPORTS)
def test_each_format_is_sent_as_a_file(client: FlaskClient, finished: Finished, form: str) -> None:
    response = client.get(f"{finished()}?format={form}")

    assert (response.status_code, response.content_type) == (200, EXPORTS[form].media_type)
    assert response.headers["Content-Disposition"].startswith(f"attachment; filename=ad{EXPORTS[form].suffix};")
    assert response.data


def test_the_json_export_is_the_result_as_in_the_job(client: FlaskClient, finished: Finished) -> None:
    address = finished()
    exported = json_of(client.get(f"{address}?format=json"))

    assert exported.items() <= json_of(client.get(address.removesuffix("/export"))).items()
    assert exported.keys() == JobResult.model_fields.keys()


def test_a_cached_export_is_not_sent_again(client: FlaskClient, finished: Finished) -> None:
    address = finished()
    tags = set()
    for query in ("format=edl", "format=edl&scale=LS", "format=zip", "format=zip&scale=LS"):
        with client.get(f"{address}?{query}") as first:
            tags.add(first.headers["ETag"])
        again = client.get(f"{address}?{query}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    assert len(tags) == 4


@pytest.mark.parametrize(
    ("query", "shots"),
    [
        ("", 2),
        ("&scale=MS", 2),
        ("&scale=LS,MS&movement=static", 2),
        ("&scale=LS&scale=CS", 0),
        ("&movement=push,pull", 0),
        ("&scale=MS&movement=pull", 0),
    ],
)
def test_shots_are_selected_by_their_labels(client: FlaskClient, finished: Finished, query: str, shots: int) -> None:
    chosen = json_of(client.get(f"{finished()}?format=json{query}"))

    assert (len(chosen["shots"]), chosen["summary"]["shots"]) == (shots, shots)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "The parameter 'format' is missing: `json`, `csv`, `otio`"),
        ("?format=xlsx", "'sheet.png' or 'zip'"),
        ("?format=csv&format=edl", "'sheet.png' or 'zip'"),
        ("?format=edl&timecode=one", "'source' or 'zero'"),
        ("?format=zip&frames=two", "'all' or 'one'"),
        ("?format=csv&scale=XXL", "'ECS', 'CS', 'MS', 'FS' or 'LS'"),
        ("?format=csv&scale=", "'ECS', 'CS', 'MS', 'FS' or 'LS'"),
        ("?format=csv&movement=zoom", "'static', 'motion', 'push' or 'pull'"),
        (
            "?format=csv&shots=1",
            "There is no parameter 'shots' here, only format, timecode, frames, scale and movement.",
        ),
    ],
)
def test_an_invalid_export_is_refused_with_what_is_allowed(
    client: FlaskClient, finished: Finished, query: str, message: str
) -> None:
    response = client.get(f"{finished()}{query}")

    assert (response.status_code, response.content_type) == (422, "application/problem+json")
    assert message in json_of(response)["detail"]


def test_a_running_job_cannot_be_exported_yet(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.begin()
    standin.publish(0)

    response = client.get(f"{address}/export?format=csv")

    assert (response.status_code, response.headers["Retry-After"]) == (409, "1")
    assert "when its state is `done`" in json_of(response)["detail"]


def test_a_failed_job_has_nothing_to_export(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.begin()
    standin.fail("The file holds no video, only sound.")

    response = client.get(f"{address}/export?format=csv")

    assert response.status_code == 409
    assert json_of(response)["detail"].endswith("nothing to export: The file holds no video, only sound.")


@pytest.mark.parametrize("job_id", ["0" * 24, "nope", "%00"])
def test_an_unknown_job_is_not_found(client: FlaskClient, job_id: str) -> None:
    assert client.get(f"/jobs/{job_id}/export?format=csv").status_code == 404


@pytest.mark.parametrize(
    ("filename", "stem"),
    [("Übergröße.mp4", "Übergröße"), ("a b;c.mp4", "a b_c"), ("..\\..\\x.mp4", "x"), ("CON: =1.mp4", "CON_ _1")],
)
def test_a_file_is_saved_under_a_safe_name(client: FlaskClient, finished: Finished, filename: str, stem: str) -> None:
    header = client.get(f"{finished(filename)}?format=edl").headers["Content-Disposition"]

    assert header.isascii()
    assert header.endswith(f"; filename*=UTF-8''{quote(stem)}.edl")


def test_a_zip_holds_all_formats_and_the_frames(client: FlaskClient, finished: Finished) -> None:
    with client.get(f"{finished('my ad.mp4')}?format=zip") as response, _opened(response.data) as archive:
        assert (response.status_code, response.content_type) == (200, "application/zip")
        assert archive.testzip() is None
        files = {f"my ad{export.suffix}" for export in EXPORTS.values()}
        frames = {f"frames/{shot}/{k}.jpg" for shot in (1, 2) for k in range(8)}  # shots as people count them
        assert set(archive.namelist()) == files | frames
        assert archive.read("frames/1/7.jpg") == JPEG
        assert archive.getinfo("frames/1/7.jpg").compress_type == zipfile.ZIP_STORED
        shots = json.loads(archive.read("my ad.json"))["shots"]
        assert frames == {frame for shot in shots for frame in shot["frames"]}
        timeline = otio.adapters.read_from_string(archive.read("my ad.otio").decode(), "otio_json")
        assert len(timeline.find_clips()) == 2


def test_a_zip_may_hold_one_frame_of_each_shot(client: FlaskClient, finished: Finished) -> None:
    with client.get(f"{finished()}?format=zip&frames=one") as response, _opened(response.data) as archive:
        assert archive.read("frames/2.jpg") == JPEG
        assert [name for name in archive.namelist() if "/" in name] == ["frames/1.jpg", "frames/2.jpg"]
        shots = json.loads(archive.read("ad.json"))["shots"]
        assert [shot["frames"] for shot in shots] == [["frames/1.jpg"], ["frames/2.jpg"]]


@pytest.mark.parametrize("form", SHEETS)
def test_a_contact_sheet_is_sent_as_a_file(client: FlaskClient, finished: Finished, form: str) -> None:
    with client.get(f"{finished()}?format={form}") as response:
        assert (response.status_code, response.content_type) == (200, SHEETS[form].media_type)
        assert response.headers["Content-Disposition"].startswith(f"attachment; filename=ad.{form};")
        assert response.data.startswith((b"%PDF", b"\x89PNG"))


def test_a_sheet_that_would_be_too_large_is_refused(
    client: FlaskClient, finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_png, "MAX_PIXELS", 1e4)
    response = client.get(f"{finished()}?format=sheet.png")
    assert response.status_code == 422
    assert json_of(response)["detail"].startswith("One picture cannot show 2 shots: take the PDF")


def test_timecodes_start_at_that_of_the_video_or_at_zero(client: FlaskClient, send: Send, standin: StandIn) -> None:
    address = send().headers["Location"]
    standin.begin()
    standin.publish(0)
    standin.finish_cutting(1, replace(VIDEO, timecode="01:00:00:00"))
    standin.predict_next()
    for query, hour in (("", "01"), ("timecode=source", "01"), ("timecode=zero", "00")):
        assert f" {hour}:00:00:00 {hour}:00:02:00" in client.get(f"{address}/export?format=edl&{query}").text
        shown = client.get(f"{address}?{query}")
        [shot] = json_of(shown)["shots"]
        assert (shot["start_timecode"], shot["end_timecode"]) == (f"{hour}:00:00:00", f"{hour}:00:02:00")
        assert client.get(f"{address}?{query}", headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    assert client.get(f"{address}?timecode=one").status_code == 422


def test_a_shot_that_was_split_by_hand_is_exported_as_two_with_the_frames_it_shows(
    client: FlaskClient, finished: Finished
) -> None:
    address = finished()
    job = address.removesuffix("/export")
    client.post(f"{job}/shots/0/split", json={"frame": 20}, headers={"If-Match": "*"})
    client.patch(f"{job}/shots/1", json={"scale": "CS"}, headers={"If-Match": "*"})

    assert "CS static" in client.get(f"{address}?format=vtt&scale=CS").text
    with client.get(f"{address}?format=zip") as response, _opened(response.data) as archive:
        shots = json.loads(archive.read("ad.json"))["shots"]
        assert [shot["start_frame"] for shot in shots] == [0, 20, 50]
        assert {frame for shot in shots for frame in shot["frames"]} <= set(archive.namelist())
        assert len(set(archive.namelist())) == len(archive.namelist())


def test_a_zip_is_made_while_it_is_sent(client: FlaskClient, finished: Finished) -> None:
    with client.get(f"{finished()}?format=zip", buffered=False) as response:
        pieces = list(response.iter_encoded())

    assert len(pieces) > len(EXPORTS) + 16
    assert max(map(len, pieces)) < len(b"".join(pieces)) / 2


@pytest.mark.parametrize("filename", ["../../../etc/passwd", "..\\..\\evil.mp4", "/etc/cron.d/x", "C:\\x.mp4", ".."])
def test_no_file_name_leads_out_of_the_zip(client: FlaskClient, finished: Finished, filename: str) -> None:
    with client.get(f"{finished(filename)}?format=zip") as response, _opened(response.data) as archive:
        for name in archive.namelist():
            assert name.startswith("frames/") or not {"/", "\\", ":"} & set(name)
            assert ".." not in name


def test_frames_that_are_gone_are_left_out_of_the_zip(client: FlaskClient, finished: Finished, files: Files) -> None:
    address = finished()
    files.frames(address.split("/")[2]).path(Frame(0, 3)).unlink()

    with client.get(f"{address}?format=zip") as response, _opened(response.data) as archive:
        assert len([name for name in archive.namelist() if name.startswith("frames/")]) == 15


def _opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))
