"""POST /predict with what is refused: each response says why, and nothing is left on disk or in the queue."""

import errno
import os
import shutil
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from redis import ConnectionError

from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4
from tests.api.conftest import FORM, LIMIT, NOWHERE, MakeApp, Send, form, json_of, nothing_left

OTHER = b'--the-boundary\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
END = b"--the-boundary--\r\n"


@pytest.mark.parametrize(
    ("body", "content_type", "status", "says"),
    [
        (b"", None, 415, "multipart/form-data"),
        (b"", "video/mp4", 422, "empty"),
        (b"#EXTM3U\n#EXTINF:1,\nfile.ts\n", "video/mp4", 415, "MP4"),
        (MP4 + bytes(LIMIT), "video/webm", 413, "at most 1 MB"),
        (MP4, "audio/mp4", 415, "video/mp4"),
        (b"{}", "application/json", 415, "multipart/form-data"),
        (b"file=ad.mp4", "application/x-www-form-urlencoded", 415, "multipart/form-data"),
        (b"", FORM, 400, "field named `file`"),
        (form(MP4), "multipart/form-data", 400, "damaged"),
        (form(MP4), "multipart/form-data; boundary=another", 400, "damaged"),
        (form(MP4)[:-40], FORM, 400, "broke off"),
        (b"--the-boundary\r\n\r\nno headers\r\n" + END, FORM, 400, "damaged"),
        (END, FORM, 400, "field named `file`"),
        (form(MP4, name="video"), FORM, 400, "field named `file`"),
        (OTHER % (b"file", b"", b"a text") + END, FORM, 400, "field named `file`"),
        (OTHER % (b"file", b"", b"a" * 600_000) + END, FORM, 413, "little else"),
        (OTHER % (b"file", b'; filename="1.mp4"', MP4) + form(MP4), FORM, 400, "one video per request"),
        (form(b""), FORM, 422, "empty"),
        (form(b"\0\0\0"), FORM, 415, "MP4"),
        (form(b"ffconcat version 1.0\nfile secret.ts\n"), FORM, 415, "MP4"),
        (form(b"#EXTM3U\n#EXTINF:1,\nfile.ts\n"), FORM, 415, "MP4"),
        (form(b"\x89PNG\r\n\x1a\n" + bytes(9000)), FORM, 415, "That is a photo (PNG), not a video."),
        (b"\xff\xd8\xff\xe1" + bytes(LIMIT // 2), "video/mp4", 415, "That is a photo (JPEG), not a video."),
        (b"\0\0\0\x14ftypheic\0\0\0\0mif1", "video/mp4", 415, "That is a photo (HEIC), not a video."),
        (b"ID3\x04" + bytes(9000), "video/mp4", 415, "That is a sound file, not a video."),
        (form(MP4 + bytes(LIMIT)), FORM, 413, "at most 1 MB"),
        (form(MP4 + bytes(2 * LIMIT)), FORM, 413, "at most 1 MB"),
    ],
)
def test_an_invalid_upload_is_refused_with_the_reason(
    client: FlaskClient, jobs: Jobs, files: Files, *, body: bytes, content_type: str | None, status: int, says: str
) -> None:
    response = client.post("/predict", data=body, content_type=content_type)

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert json_of(response)["status"] == status
    assert says in json_of(response)["detail"]
    assert nothing_left(files, jobs)


def test_without_room_for_the_video_it_is_refused(make_app: MakeApp, jobs: Jobs, files: Files) -> None:
    response = make_app(spare_bytes=10**18).test_client().post("/predict", data=form(MP4), content_type=FORM)

    assert response.status_code == 507
    assert "room" in json_of(response)["detail"]
    assert nothing_left(files, jobs)


def test_a_disk_that_fills_up_ends_the_upload(
    send: Send, jobs: Jobs, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = iter([10**12, 0])
    monkeypatch.setattr("api.uploads.upload.CHECK_DISK_BYTES", 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=next(free) - 1))

    assert send(MP4).status_code == 507
    assert nothing_left(files, jobs)


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EIO, 500)])
def test_a_disk_that_fails_leaves_nothing(
    send: Send, jobs: Jobs, files: Files, monkeypatch: pytest.MonkeyPatch, *, number: int, status: int
) -> None:
    def broken(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", broken)
    response = send()

    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    assert nothing_left(files, jobs)


def test_without_redis_a_video_is_refused_before_it_is_read(make_app: MakeApp, jobs: Jobs, files: Files) -> None:
    response = make_app(redis_url=NOWHERE).test_client().post("/predict", data=form(MP4), content_type=FORM)

    assert response.status_code == 503
    assert "queue" in json_of(response)["detail"]
    assert nothing_left(files, jobs)


def test_redis_lost_after_the_upload_leaves_no_video(
    send: Send, jobs: Jobs, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(Jobs, "create", unreachable)

    assert send().status_code == 503
    assert nothing_left(files, jobs)
