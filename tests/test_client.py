"""The Python client: with the API under gunicorn and stand-in workers, and with servers that answer wrongly."""

import io
import json
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from jobs.record import Jobs
from shotlens.client import Client, Event, Failed, Job, Refused, ServiceError, Unreachable, read_events
from testkit.service import free_port
from testkit.standin import MP4, Api, StandIn

JOB = {"id": "a" * 24, "state": "done", "progress": 1.0, "error": None}
SHOT = {"index": 0, "movement": {"label": "static"}}


@pytest.fixture(scope="module")
def process(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with Api(redis_url, tmp_path_factory.mktemp("api") / "data", SHOTLENS_SPARE_BYTES="0") as api:
        yield api


@pytest.fixture
def standin(process: Api, jobs: Jobs) -> StandIn:
    process.clear()
    return StandIn(jobs, process.files)


@pytest.fixture
def client(process: Api, standin: StandIn) -> Client:
    return Client(process.url + "/")


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "ad.mp4"
    path.write_bytes(MP4)
    return path


Answer = tuple[int, dict[str, str], object]


class Scripted(ThreadingHTTPServer):
    """A server that gives these answers in turn, and records the method, path and headers of each request."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> "Scripted":
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server.asked.append((self.command, self.path, dict(self.headers)))
        status, headers, body = server.answers.pop(0)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class ForgetfulProxy:
    """A proxy that forwards connections to a service, but drops the response of the first one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        forget = True
        with suppress(OSError):  # closed
            while True:
                near, _ = self._listener.accept()
                threading.Thread(target=self._pass, args=(near, forget), daemon=True).start()
                forget = False

    def _pass(self, near: socket.socket, forget: bool) -> None:
        with near, socket.create_connection(("127.0.0.1", self._port)) as far:
            threading.Thread(target=_copy, args=(near, far), daemon=True).start()
            if forget:
                far.recv(1)  # the response has begun, so the job exists
                near.shutdown(socket.SHUT_RDWR)
            else:
                _copy(far, near)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


def stream(*events: tuple[str, str, object]) -> Answer:
    text = "retry: 1000\n\n" + "".join(f"id: {i}\nevent: {n}\ndata: {json.dumps(d)}\n\n" for i, n, d in events)
    return 200, {"Content-Type": "text/event-stream"}, text.encode()


def while_waiting(work: Callable[[], object], wait: Callable[[], Any]) -> Any:
    """Do the part of the workers in a thread while the client waits; return what it waited for."""
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        outcome = wait()
        working.result()
    return outcome


def test_predict_waits_for_the_shots_and_reports_progress(client: Client, standin: StandIn, video: Path) -> None:
    reported: list[float] = []
    job = while_waiting(standin.whole, lambda: client.predict(video, on_progress=reported.append))
    assert (job["state"], job["filename"], len(job["shots"])) == ("done", "ad.mp4", 3)
    assert reported[0] == 0.5
    assert reported[-1] == 1.0
    assert reported == sorted(reported)


def test_a_name_that_is_not_utf_8_is_sent(client: Client, video: Path) -> None:
    odd = video.rename(video.with_name("caf\udce9.mp4"))
    assert client.submit(odd)["filename"] == "caf\ufffd.mp4"


def test_an_open_file_and_options_are_accepted(client: Client, standin: StandIn) -> None:
    job = client.submit(io.BytesIO(MP4), detector="adaptive", min_shot=1.5)
    assert (job["state"], job["filename"]) == ("queued", "video")
    assert job["options"] == {"detector": "adaptive", "min_shot": 1.5}


def test_corrections_are_made_and_undone(client: Client, standin: StandIn, video: Path) -> None:
    job = while_waiting(standin.whole, lambda: client.predict(video))
    labelled = client.correct(job, 1, scale="CS", movement="pull")
    assert labelled["shots"][1]["corrected"] == {"scale": "CS", "movement": "pull"}
    relabelled = client.correct(labelled, 1, scale=None)
    assert relabelled["shots"][1]["corrected"] == {"movement": "pull"}
    split = client.split(relabelled, 0, 20)
    assert [shot["start_frame"] for shot in split["shots"]] == [0, 20, 50, 100]
    merged = client.merge(split, 2)
    assert [shot["start_frame"] for shot in merged["shots"]] == [0, 20, 50]
    undone = client.undo(client.undo(merged))
    assert [shot["start_frame"] for shot in undone["shots"]] == [0, 50, 100]
    redone = client.redo(undone)
    assert [shot["start_frame"] for shot in redone["shots"]] == [0, 20, 50, 100]
    assert client.job(job["id"]) == redone


def test_a_correction_of_a_job_that_has_changed_is_refused(client: Client, standin: StandIn, video: Path) -> None:
    job = while_waiting(standin.whole, lambda: client.predict(video))
    client.split(job, 0, 20)
    with pytest.raises(Refused, match="load it again") as caught:
        client.split(job, 2, 70)
    assert caught.value.status == 412
    with pytest.raises(Refused, match="cannot be split"):
        client.split(client.job(job["id"]), 0, 99)


def test_the_options_of_a_job_are_sent(tmp_path: Path) -> None:
    video = tmp_path / os.fsdecode(b"caf\xe9.mp4")
    video.write_bytes(MP4)
    with Scripted((202, {}, JOB)) as service:
        Client(service.url.removeprefix("http://")).submit(video, min_shot=1, callback="https://me.example/done?x=1")
    query = parse_qs(urlsplit(service.asked[0][1]).query)
    assert query == {"min_shot": ["1"], "callback": ["https://me.example/done?x=1"], "filename": ["caf\ufffd.mp4"]}


def test_shots_come_while_the_video_is_cut(client: Client, standin: StandIn, video: Path) -> None:
    shots = client.shots(client.submit(video))
    standin.begin()
    standin.publish(0)
    standin.predict_next()
    assert next(shots)["index"] == 0
    standin.publish(1)
    standin.finish_cutting(2)
    standin.predict_next()
    assert [(shot["index"], shot["scale"] is None) for shot in shots] == [(1, False)]


def test_a_failed_job_raises_its_message(client: Client, standin: StandIn, video: Path) -> None:
    def work() -> None:
        standin.begin()
        standin.fail("The file holds no video, only sound.")

    with pytest.raises(Failed, match="only sound"):
        while_waiting(work, lambda: client.predict(video))


def test_a_deleted_job_raises_an_error(client: Client, standin: StandIn, video: Path) -> None:
    job = client.submit(video)
    client.delete(job["id"])
    with pytest.raises(Failed, match="deleted") as caught:
        list(client.shots(job))
    assert caught.value.status == 404


def test_a_file_that_is_not_a_video_is_refused_with_the_message_of_the_service(client: Client) -> None:
    for content, status, words in ((b"no video at all" * 9, 415, "MP4"), (b"", 422, "empty")):
        with pytest.raises(Refused, match=words) as caught:
            client.submit(io.BytesIO(content))
        assert caught.value.status == status


def test_all_pages_of_jobs_are_listed(client: Client, standin: StandIn) -> None:
    ids = [standin.jobs.create(f"{number:024x}", f"{number}.mp4", 1) for number in range(60)]
    assert sorted(job["id"] for job in client.jobs()) == ids
    assert [job["filename"] for job in client.jobs(name="59.")] == ["59.mp4"]


def test_a_lost_response_makes_no_second_job(process: Api, client: Client, standin: StandIn, video: Path) -> None:
    proxy = ForgetfulProxy(process.port)
    job = Client(proxy.url).submit(video)
    proxy.close()
    assert [known["id"] for known in client.jobs()] == [job["id"]]


def test_a_busy_service_is_asked_again_with_the_same_key(video: Path) -> None:
    busy: Answer = (429, {"Retry-After": "1"}, {"detail": "Too many requests."})
    with Scripted(busy, (503, {}, {}), (202, {}, JOB)) as service:
        assert Client(service.url, key="secret").submit(video)["id"] == JOB["id"]
    headers = [asked for _, _, asked in service.asked]
    assert len({sent["Idempotency-Key"] for sent in headers}) == 1
    assert [sent["Content-Length"] for sent in headers] == [str(len(MP4))] * 3
    assert {sent["Authorization"] for sent in headers} == {"Bearer secret"}


def test_a_wait_of_an_hour_is_an_error_at_once() -> None:
    with (
        Scripted((429, {"Retry-After": "3600"}, {"detail": "Too many."})) as service,
        pytest.raises(Refused, match="many"),
    ):
        Client(service.url).job("a")


def test_an_error_of_the_service_is_not_retried() -> None:
    with Scripted((500, {}, b"oops")) as service, pytest.raises(ServiceError, match="500 Internal") as caught:
        Client(service.url).job("a")
    assert caught.value.status == 500


def test_another_server_is_not_taken_for_the_service() -> None:
    with Scripted((200, {}, b"<html>")) as service, pytest.raises(ServiceError, match="not a Shotlens service"):
        Client(service.url).job("a")


def test_no_service_is_unreachable() -> None:
    for url in (f"127.0.0.1:{free_port()}", "ftp://localhost", "http://"):
        with pytest.raises(Unreachable, match="No service answers at"):
            Client(url).job("a")


def test_a_stream_resumes_where_it_broke_off_and_yields_no_shot_twice() -> None:
    running = {"state": "predicting", "progress": 0.5, "error": None}
    answers: list[Answer] = [
        stream(("a", "state", running), ("b", "shot", SHOT)),
        stream(("c", "shot", {**SHOT, "index": 1}), ("d", "state", {**running, "state": "done"})),
        (200, {}, {**JOB, "shots": [SHOT, {**SHOT, "index": 1}]}),
    ]
    with Scripted(*answers) as service:
        shots = list(Client(service.url).shots(job_of(JOB)))
    assert [shot["index"] for shot in shots] == [0, 1]
    assert service.asked[1][2]["Last-Event-ID"] == "b"
    assert len(service.asked) == 3


def test_a_job_deleted_during_its_stream_has_failed() -> None:
    gone = {"state": "cancelled", "progress": 0.0, "error": None}
    missing: Answer = (404, {}, {"detail": "There is no video with this id: it was deleted."})
    with Scripted(stream(("a", "state", gone)), missing) as service, pytest.raises(Failed, match="deleted"):
        list(Client(service.url).shots(job_of(JOB)))


def test_without_a_stream_the_job_is_polled() -> None:
    for status in (204, 404, 503):
        with Scripted((status, {}, b""), (200, {}, {**JOB, "shots": [SHOT]})) as service:
            assert list(Client(service.url).shots(job_of(JOB))) == [SHOT]


def test_events_are_read_in_pieces_of_any_size() -> None:
    first = 'retry: 9\n\n: still here\n\nid: 1\r\nevent: shot\r\ndata: {"a": "ä: b"}\r\n\r\n'
    text = f"{first}data:[2]\n\nevent: x\n\n".encode()
    expected = [Event("shot", {"a": "ä: b"}, "1"), Event("message", [2])]
    for size in (1, 2, 7, len(text)):
        assert list(read_events(text[at : at + size] for at in range(0, len(text), size))) == expected


def test_an_incomplete_event_is_ignored() -> None:
    assert list(read_events([b"data: [1]\n\ndata: [2]\n"])) == [Event("message", [1])]


def job_of(fields: dict[str, Any]) -> Job:
    return cast(Job, fields)
