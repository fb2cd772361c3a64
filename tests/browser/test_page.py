"""The page in a real browser, against the API under gunicorn; a stand-in does the workers' part step by step."""

from pathlib import Path
from typing import Any

import pytest

from jobs.files import Files
from jobs.record import Jobs
from tests.standin import MP4, Api, StandIn


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """A file that looks like a video to the API; its name is as hostile as a file system allows."""
    path = tmp_path / "<img src=x onerror=alert(1)> & ü.mp4"
    path.write_bytes(MP4)
    return path


@pytest.fixture
def done(page: Any, served: Api, standin: StandIn, video: Path) -> str:
    """A page that shows a finished job of three shots; the job's id."""
    page.goto(served.url)
    page.set_input_files("#file", video)
    job_id = standin.whole()
    page.locator("#summary").wait_for()
    return job_id


def texts(page: Any, selector: str) -> list[str]:
    return [" ".join(text.split()) for text in page.locator(selector).all_text_contents()]


def test_shots_appear_one_by_one_with_their_labels(page: Any, served: Api, standin: StandIn, video: Path):
    page.goto(served.url)
    page.set_input_files("#file", video)
    page.get_by_role("heading", level=1, name=video.name).wait_for()
    page.wait_for_url("**/?job=*")
    assert page.url.endswith(standin.begin())

    standin.publish(0)
    page.locator(".shot").wait_for()
    assert texts(page, ".shot .times") == ["00:00:00:00 \N{EN DASH} 00:00:02:00 · 2.0 s"]
    assert texts(page, ".shot dd") == ["not predicted yet"] * 2
    page.get_by_text("Finding the shots: 1 shot so far").wait_for()

    standin.predict_next()
    page.get_by_text("medium shot").wait_for()
    assert texts(page, ".shot dd") == ["static camera at rest 70 % uncertain", "MS medium shot 80 %"]

    standin.publish(1)
    standin.finish_split(2)
    page.get_by_text("Predicting movement and scale: 1 of 2 shots").wait_for()
    standin.predict_next()
    page.get_by_text("2 shots, on average 2.00 s long").wait_for()
    assert texts(page, ".shot .times")[1] == "00:00:02:00 \N{EN DASH} 00:00:04:00 · 2.0 s · opens with a dissolve"
    assert page.get_by_role("progressbar").count() == 0
    assert page.get_by_role("status").text_content() == "Done: 2 shots."


def test_each_shot_shows_its_eight_frames(page: Any, done: str):
    frames = page.locator(".shot").nth(1).get_by_role("img")
    assert frames.count() == 8
    frames.first.scroll_into_view_if_needed()
    page.wait_for_function("[...document.querySelectorAll('.shot:first-child img')].every((img) => img.naturalWidth)")
    assert frames.last.get_attribute("alt") == "Shot 2, frame 8 of 8"
    assert frames.last.get_attribute("src") == f"/jobs/{done}/shots/1/frames/7.jpg"


def test_the_upload_shows_its_progress_and_can_be_cancelled(
    page: Any, served: Api, files: Files, jobs: Jobs, tmp_path: Path
):
    path = tmp_path / "long.mp4"
    path.write_bytes(MP4 + bytes(3_500_000))
    page.goto(served.url)
    network = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", slow)
    page.set_input_files("#file", path)

    page.get_by_text("MB/s").wait_for()
    page.get_by_role("button", name="Cancel").click()

    page.get_by_text("The upload was cancelled.").wait_for()
    page.wait_for_timeout(500)
    assert not [*files.data.glob("jobs/*"), *files.data.glob("incoming/*")]


def test_a_refusal_is_shown_in_its_own_words(page: Any, served: Api, tmp_path: Path):
    page.goto(served.url)
    for content, sentence in (
        (b"ffconcat version 1.0\nfile secret.ts\n", "That is not a video that is accepted here"),
        (b"", "The file is empty"),
        (bytes(5_000_000), "The video is too large: at most 4 MB are accepted."),
    ):
        (tmp_path / "file.mp4").write_bytes(content)
        page.set_input_files("#file", tmp_path / "file.mp4")
        page.get_by_role("alert").get_by_text(sentence).wait_for()
        assert page.locator("#choose").is_visible()


def test_a_job_that_fails_says_why(page: Any, served: Api, standin: StandIn, video: Path):
    page.goto(served.url)
    page.set_input_files("#file", video)
    standin.begin()
    standin.fail("The file holds no video, only sound.")

    page.get_by_role("alert").get_by_text("The file holds no video, only sound.").wait_for()
    assert not page.get_by_role("progressbar").is_visible()
    assert page.get_by_role("button", name="Delete").is_visible()


def test_a_reload_shows_the_job_again(page: Any, done: str):
    page.reload()

    page.locator("#summary").wait_for()
    assert page.locator(".shot").count() == 3
    assert "onerror" in page.locator("h1").text_content()
    page.get_by_role("link", name="Another video").click()
    page.locator("#choose").wait_for()
    page.go_back()
    page.locator("#summary").wait_for()


def test_an_unknown_job_is_told(page: Any, served: Api):
    page.goto(f"{served.url}/?job={'0' * 24}")

    page.get_by_role("alert").get_by_text("There is no job with this id").wait_for()
    assert page.locator("#choose").is_visible()


def test_deleting_leaves_the_upload_form(page: Any, done: str, jobs: Jobs, files: Files):
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()

    page.locator("#choose").wait_for()
    assert "job=" not in page.url
    assert not jobs.exists(done)
    assert not files.folder(done).exists()


def test_the_keyboard_alone_reaches_everything(page: Any, done: str):
    seen = set()
    for _ in range(8):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert {"Shotlens", "JSON", "Another video", "Delete"} <= seen


@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_is_wider_than_the_window(page: Any, done: str, width: int):
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
