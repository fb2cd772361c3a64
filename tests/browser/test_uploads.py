"""Uploads on the start page: every way to choose a video, every interruption, and files that are refused."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.names import SPLIT
from jobs.record import Jobs
from jobs.redis_server import RedisServer
from shotlens.storage.files import Files
from shotlens.storage.media_types import ACCEPTED, media_type, refusal
from testkit.standin import MP4, Api
from testkit.waiting import until
from tests.conftest import entries

SLOW, FAST = 300_000, -1  # bytes a second
LONG = 3_500_000  # bytes; the limit of `served` is 4 MB
LOST = "The connection is lost. Goes on by itself when it is back."
NO_VIDEO = refusal(b"")
HOSTILE = "<img src=x onerror=alert(1)> & ü.mp4"

# Drop or paste a file that the page makes, as another program or the clipboard would.
GIVE = """
([name, dropped, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  const target = document.querySelector("#jobs");
  const event = { bubbles: true, cancelable: true, dataTransfer: data, clipboardData: data };
  target.dispatchEvent(dropped ? new DragEvent("drop", event) : new ClipboardEvent("paste", event));
}
"""

# All files but the first take a second to be read from the disk.
SLOW_AFTER_FIRST = """
const read = Blob.prototype.arrayBuffer;
let first = true;
Blob.prototype.arrayBuffer = async function () {
  if (!first) await new Promise((resolve) => setTimeout(resolve, 1000));
  first = false;
  return read.call(this);
};
"""


Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a file that the API takes for a video."""

    def write(name: str = "film.mp4", size: int = 0) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(MP4 + bytes(size))
        return path

    return write


@pytest.fixture
def mortal(redis_url: str, jobs: Jobs, tmp_path: Path) -> Iterator[Api]:
    """A process that a test may kill."""
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0") as api:
        yield api


def pace(page: Any) -> Callable[[int], None]:
    """Return a function that sets how many bytes a second the page may send; it is slow at first."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")

    def to(speed: int) -> None:
        conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": speed}
        network.send("Network.emulateNetworkConditions", conditions)

    to(SLOW)
    return to


def row(page: Any, name: str) -> Any:
    return page.locator("#uploads > li").filter(has_text=name)


def listed(page: Any, name: str) -> Any:
    return page.get_by_role("list", name="Videos").get_by_role("link", name=name, exact=True)


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def asked(page: Any, method: str) -> list[Any]:
    """The requests to /uploads with this method, from now on."""
    requests: list[Any] = []
    page.on("request", lambda one: requests.append(one) if one.method == method and "/uploads" in one.url else None)
    return requests


def sent(files: Files) -> int:
    return sum(path.stat().st_size for path in files.data.glob("incoming/*"))


def whole(jobs: Jobs, files: Files, video: Path) -> bool:
    """Whether the upload has become one job, byte by byte."""
    [fields] = entries(jobs.redis, SPLIT)
    return files.source(fields["job"]).read_bytes() == video.read_bytes()


def test_a_single_video_leads_to_its_page(page: Any, served: Api, jobs: Jobs, make: Make) -> None:
    page.goto(served.url)
    page.set_input_files("#file", make(HOSTILE))
    page.wait_for_url("**/videos/*")
    page.get_by_role("heading", level=1, name=HOSTILE).wait_for()
    assert jobs.exists(page.url.rsplit("/", 1)[1])


def test_several_videos_are_sent_two_at_a_time(page: Any, served: Api, make: Make) -> None:
    page.goto(served.url)
    to = pace(page)
    page.set_input_files("#file", [make(f"{name}.mp4", LONG) for name in "abc"])
    row(page, "c.mp4").get_by_text("Waits for its turn").wait_for()
    row(page, "b.mp4").get_by_text("left").wait_for()
    assert page.get_by_text("Waits for its turn").count() == 1
    to(FAST)
    for name in "abc":
        listed(page, f"{name}.mp4").wait_for()
    page.get_by_role("status").get_by_text("3 videos have arrived.").wait_for()
    assert page.locator("#uploads > li").count() == 0
    assert page.url.rstrip("/") == served.url


def test_the_progress_has_speed_and_time_left(page: Any, served: Api, make: Make) -> None:
    page.goto(served.url)
    pace(page)
    page.set_input_files("#file", make("film.mp4", LONG))
    page.get_by_text(re.compile(r"^\d+\s% of 3\.5\sMB · [1-9]\d+\skB/s · 0:[01]\d left$")).wait_for()
    bar = page.get_by_role("progressbar", name="Upload of film.mp4")
    assert until(lambda: 500_000 < bar.evaluate("bar => bar.value") < LONG)


def test_a_pause_keeps_what_was_sent(page: Any, served: Api, jobs: Jobs, files: Files, make: Make) -> None:
    video = make("film.mp4", LONG)
    page.goto(served.url)
    to = pace(page)
    begun = asked(page, "POST")
    page.set_input_files("#file", video)
    assert until(lambda: sent(files) > 300_000)
    press(page, "Pause film.mp4")
    row(page, "film.mp4").get_by_text("Paused").wait_for()
    to(FAST)
    press(page, "Resume film.mp4")
    page.wait_for_url("**/videos/*")
    assert len(begun) == 1
    assert whole(jobs, files, video)


def test_a_cancelled_upload_leaves_nothing(page: Any, served: Api, files: Files, make: Make) -> None:
    page.goto(served.url)
    pace(page)
    page.set_input_files("#file", make("film.mp4", LONG))
    assert until(lambda: sent(files) > 100_000)
    press(page, "Cancel film.mp4")
    row(page, "film.mp4").wait_for(state="detached")
    assert until(lambda: not [*files.data.glob("jobs/*"), *files.data.glob("incoming/*")])
    page.reload()
    page.get_by_text("No videos yet.").wait_for()
    assert page.locator("#uploads > li").count() == 0


def test_an_upload_resumes_by_itself_when_the_killed_service_is_back(
    page: Any, mortal: Api, jobs: Jobs, make: Make
) -> None:
    video = make("film.mp4", LONG)
    page.goto(mortal.url)
    to = pace(page)
    begun = asked(page, "POST")
    page.set_input_files("#file", video)
    assert until(lambda: sent(mortal.files) > 300_000)
    mortal.kill()
    page.get_by_text(LOST).wait_for()
    page.get_by_role("alert").get_by_text("The server does not answer.").wait_for()
    to(FAST)
    with mortal.restarted():
        page.wait_for_url("**/videos/*")
    assert len(begun) == 1
    assert whole(jobs, mortal.files, video)


def test_a_connection_that_falls_silent_counts_as_lost(page: Any, served: Api, make: Make) -> None:
    page.clock.install()
    page.route("**/uploads/*", lambda _: None)  # it is never answered
    page.goto(served.url)
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.set_input_files("#file", make("film.mp4"))
    page.clock.fast_forward(50_000)
    assert not page.get_by_text("The connection is lost.").count()
    page.clock.fast_forward(61_000)  # since the last sign of life, which may have been late
    row(page, "film.mp4").get_by_text("The connection is lost.").wait_for()
    page.unroute("**/uploads/*")
    page.clock.fast_forward(61_000)  # a retry in the meantime fell silent too
    page.wait_for_url("**/videos/*")


def test_an_upload_does_not_start_again_while_the_queue_is_down(page: Any, tmp_path: Path, make: Make) -> None:
    server = RedisServer(tmp_path / "redis")
    server.start()
    api = Api(server.url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0")
    with api:
        page.goto(api.url)
        to = pace(page)
        begun, looks = asked(page, "POST"), asked(page, "HEAD")
        page.set_input_files("#file", make("film.mp4", LONG))
        assert until(lambda: sent(api.files) > 300_000)
        press(page, "Pause film.mp4")
        server.kill()
        to(FAST)
        press(page, "Resume film.mp4")
        row(page, "film.mp4").get_by_text("Goes on by itself").wait_for()
        assert [look.response().status for look in looks[-1:]] == [503]
        server.start()
        page.wait_for_url("**/videos/*")
    server.stop()
    assert len(begun) == 1


def test_a_reloaded_page_resumes_when_the_file_is_chosen_again(
    page: Any, served: Api, jobs: Jobs, files: Files, make: Make
) -> None:
    video = make("film.mp4", LONG)
    page.goto(served.url)
    to = pace(page)
    page.set_input_files("#file", video)
    assert until(lambda: sent(files) > 300_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.on("filechooser", lambda _: None)
    page.reload()
    row(page, "film.mp4").get_by_text(re.compile(r"^\d+\s% of 3\.5\sMB has come · unfinished: choose")).wait_for()
    begun, pieces = asked(page, "POST"), asked(page, "PATCH")
    to(FAST)
    with page.expect_file_chooser() as chooser:
        press(page, "Choose the file film.mp4")
    chooser.value.set_files(make("other.mp4", 10))
    page.get_by_text("That is another file. Choose “film.mp4” of 3.5").wait_for()
    with page.expect_file_chooser() as chooser:
        press(page, "Choose the file film.mp4")
    chooser.value.set_files(video)
    page.wait_for_url("**/videos/*")
    assert not begun
    assert int(pieces[0].headers["upload-offset"]) > 300_000
    assert whole(jobs, files, video)


def test_an_unfinished_upload_can_be_discarded(page: Any, served: Api, files: Files, make: Make) -> None:
    page.goto(served.url)
    pace(page)
    page.set_input_files("#file", make("film.mp4", LONG))
    assert until(lambda: sent(files) > 100_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    press(page, "Discard film.mp4")
    assert until(lambda: not [*files.data.glob("incoming/*")])
    assert page.locator("#uploads > li").count() == 0


def test_another_tab_leaves_a_running_upload_alone(page: Any, served: Api, files: Files, make: Make) -> None:
    video = make("film.mp4", LONG)
    page.goto(served.url)
    pace(page)
    page.set_input_files("#file", video)
    assert until(lambda: sent(files) > 100_000)
    other = page.context.new_page()
    other.goto(served.url)
    other.get_by_text("No videos yet.").wait_for()
    other.set_input_files("#file", video)
    row(other, "film.mp4").get_by_text("This video is being sent from another tab.").wait_for()
    assert other.locator("#uploads > li").count() == 1
    other.close()


def test_leaving_during_an_upload_asks_for_confirmation(page: Any, served: Api, files: Files, make: Make) -> None:
    kinds: list[str] = []

    def accept(dialog: Any) -> None:
        kinds.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.goto(served.url)
    pace(page)
    heading = page.get_by_role("heading", name="Videos", exact=True)
    heading.click()  # browsers ask only where a person has done something
    page.reload()
    assert not kinds
    heading.click()
    page.set_input_files("#file", make("film.mp4", LONG))
    row(page, "film.mp4").get_by_text("left").wait_for()
    page.reload()
    assert kinds == ["beforeunload"]


def test_an_invalid_file_is_refused_before_it_is_sent(page: Any, served: Api, tmp_path: Path, make: Make) -> None:
    page.goto(served.url)
    begun = asked(page, "POST")
    large = make("large.mp4", 5_000_000)
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.mp4").write_text("ffconcat version 1.0\nfile secret.ts\n")
    page.set_input_files("#file", [large, tmp_path / "empty.mp4", tmp_path / "notes.mp4"])
    row(page, "large.mp4").get_by_text("The video is too large: at most 4 MB are accepted.").wait_for()
    row(page, "empty.mp4").get_by_text("The file is empty. Send a video").wait_for()
    row(page, "notes.mp4").get_by_text(NO_VIDEO).wait_for()
    for name in ("large", "empty", "notes"):
        press(page, f"Dismiss {name}.mp4")
    assert page.locator("#uploads > li").count() == 0
    assert not begun


def test_a_refusal_shows_the_message_of_the_service_and_can_be_retried(
    page: Any, redis_url: str, jobs: Jobs, tmp_path: Path, make: Make
) -> None:
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES=str(10**18)) as api:
        page.goto(api.url)
        begun = asked(page, "POST")
        page.set_input_files("#file", make())
        row(page, "film.mp4").get_by_text("There is not enough room on the server for this video.").wait_for()
        press(page, "Retry film.mp4")
        assert until(lambda: len(begun) == 2)
        row(page, "film.mp4").get_by_text("There is not enough room").wait_for()
        press(page, "Dismiss film.mp4")
        row(page, "film.mp4").wait_for(state="detached")


def test_too_many_requests_make_an_upload_wait(
    page: Any, redis_url: str, jobs: Jobs, tmp_path: Path, make: Make
) -> None:
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0", SHOTLENS_RATE_LIMIT="3") as api:
        page.goto(api.url)
        page.get_by_text("No videos yet.").wait_for()
        page.set_input_files("#file", [make("a.mp4"), make("b.mp4")])
        page.get_by_text("Too many requests").first.wait_for()
        page.get_by_text("Goes on by itself.").first.wait_for()


@pytest.fixture
def folder(make: Make) -> Path:
    """A folder of two videos, one of them deeper, and two other files."""
    path = make("shoot/a.mp4").parent
    make("shoot/day 2/b.mp4")
    (path / "notes.txt").write_text("no video")
    (path / "day 2" / "empty.txt").touch()
    return path


def test_a_chosen_folder_is_sent_without_its_other_files(page: Any, served: Api, folder: Path) -> None:
    page.goto(served.url)
    page.set_input_files("#folder", folder)
    page.get_by_text("2 files of the folder are no videos and were left out.").wait_for()
    for name in ("a.mp4", "b.mp4"):
        listed(page, name).wait_for()
    assert page.locator("#uploads > li").count() == 0


def test_the_page_stays_open_while_it_shows_what_was_left_out(page: Any, served: Api, make: Make) -> None:
    folder = make("shoot/a.mp4").parent
    (folder / "notes.txt").write_text("no video")
    page.goto(served.url)
    page.set_input_files("#folder", folder)
    listed(page, "a.mp4").wait_for()
    page.get_by_text("“a.mp4” has arrived.").wait_for()
    page.wait_for_timeout(500)  # a page that leads on would have done so by then
    assert page.get_by_text("1 file of the folder is no video and was left out.").is_visible()
    assert page.url.rstrip("/") == served.url


def test_after_a_folder_without_videos_the_next_video_leads_to_its_page(
    page: Any, served: Api, tmp_path: Path, make: Make
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "notes.txt").write_text("no video")
    page.goto(served.url)
    page.set_input_files("#folder", tmp_path / "notes")
    page.get_by_text("1 file of the folder is no video and was left out.").wait_for()
    page.set_input_files("#file", make("film.mp4"))
    page.wait_for_url("**/videos/*")


def test_a_dropped_folder_is_read_with_its_subfolders(page: Any, served: Api, folder: Path, make: Make) -> None:
    page.goto(served.url)
    page.get_by_text("No videos yet.").wait_for()
    files = [str(folder), str(make("beside.mp4"))]
    mouse = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": files, "dragOperationsMask": 1}
        mouse.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 400, "data": data})
    page.get_by_text("2 files of the folder are no videos and were left out.").wait_for()
    for name in ("a.mp4", "b.mp4", "beside.mp4"):
        listed(page, name).wait_for()


def test_the_page_stays_open_until_the_last_of_several_files_is_checked(page: Any, served: Api, make: Make) -> None:
    page.add_init_script(SLOW_AFTER_FIRST)
    page.goto(served.url)
    page.set_input_files("#file", [make("a.mp4"), make("b.mp4")])
    page.get_by_text("2 videos have arrived.").wait_for()
    for name in ("a.mp4", "b.mp4"):
        listed(page, name).wait_for()


@pytest.mark.parametrize("dropped", [True, False], ids=["drop", "paste"])
def test_a_file_may_be_dropped_or_pasted_anywhere(page: Any, served: Api, dropped: bool) -> None:
    page.goto(served.url)
    page.get_by_text("No videos yet.").wait_for()
    page.evaluate(GIVE, ["clip.mp4", dropped, "\0\0\0\x18ftypisom"])
    page.wait_for_url("**/videos/*")
    page.get_by_role("heading", level=1, name="clip.mp4").wait_for()


def test_an_upload_needs_no_mouse(page: Any, served: Api, files: Files, make: Make) -> None:
    page.on("filechooser", lambda _: None)  # registered early, as a key is faster than `expect_file_chooser`
    page.goto(served.url)
    pace(page)
    page.get_by_text("No videos yet.").wait_for()
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("u")
    chooser.value.set_files(make("film.mp4", LONG))
    page.get_by_role("button", name="Pause film.mp4").wait_for()
    while page.evaluate("document.activeElement.textContent") != "Pause":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Resume film.mp4").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Resume"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    row(page, "film.mp4").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "Choose videos"


def test_the_page_and_the_service_recognize_videos_by_the_same_rule(page: Any, served: Api) -> None:
    """Both also refuse in the same words."""

    def transport_stream(size: int, offset: int) -> bytes:
        return bytes(offset) + (b"G" + bytes(size - 1)) * 5

    boxes = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip", b"Ftyp")
    heads = [bytes(4) + box for box in boxes]
    heads += [b"\x1a\x45\xdf\xa3webm", b"\x1a\x45\xdf", b"RIFF0000AVI ", b"G", bytes(2048)]
    heads += [b"OggS", b"FLV\x01", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", b"\0\0\x01\xba", b"\x1f\x07\0"]
    heads += [b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02", b"#EXTM3U\n", b"ffconcat version 1.0\n"]
    heads += [transport_stream(*one) for one in ((188, 0), (188, 187), (192, 4), (192, 191), (190, 0), (204, 1000))]
    heads.append(transport_stream(188, 0)[:-189])
    heads += [b"\xff\xd8\xff\xe0", b"\x89PNG", b"II*\0", b"BM" + bytes(8), b"BMW", b"ID3", b"\xff\xfb", b"RIFF0000WAVE"]
    heads += [b"RIFF0000WEBPVP8 ", *(b"RIFF0000WEBPVP8X\x0a\0\0\0" + flags for flags in (b"\x02", b"\x10"))]
    heads += [
        len(b).to_bytes(4) + b for b in (b"ftypheic\0\0\0\0mif1", b"ftypavif", b"ftypavis\0\0\0\0avif", b"ftypcrx ")
    ]
    image, pause = b",\0\0\0\0\x01\0\x01\0\x80" + bytes(6) + b"\x02\x01\x44\0", b"!\xf9\x04\0\x0a\0\0\0"
    for start in (b"GIF89a\x01\0\x01\0\0\0\0", b"GIF87a\x01\0\x01\0\x80\0\0" + bytes(6)):
        heads += [
            start,
            start + image,
            start + image + b";",
            start + pause + image + b";",
            start + image + pause + image,
        ]
    page.goto(served.url)
    tell = """([heads, accepted]) =>
      import("/static/scripts/start/containers.js").then(({ isVideoFile, problemWith }) =>
        Promise.all(heads.map(async (head) => {
            const file = new File([new Uint8Array(head)], "x");
            return [await isVideoFile(file), await problemWith(file, { limit: 1e9, accepted })];
        })))"""
    told = page.evaluate(tell, [[list(head) for head in heads], ACCEPTED])
    assert told == [[True, None] if media_type(head) else [False, refusal(head)] for head in heads]
