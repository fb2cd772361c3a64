"""The player: the playhead, its keys, and the frames that replace a video that the browser cannot play."""

from pathlib import Path
from typing import Any

import pytest
import requests

from shotlens.shots.shot import Shot, Video, frames_of
from testkit.standin import Api, StandIn
from testkit.videos import scene, write_video
from testkit.waiting import until
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, make_job, publish, write_late


def opened(page: Any, served: Api, job_id: str) -> Any:
    """Open the page of a job; return the page when its first shot is shown."""
    page.goto(f"{served.url}/videos/{job_id}")
    at_shot(page, 1)
    return page


def at_shot(page: Any, number: int) -> None:
    """Wait until the playhead is in this shot."""
    page.locator(f'[role=slider][aria-valuenow="{number}"]').wait_for()


def shown_at(page: Any, timecode: str) -> None:
    """Wait for the timecode under the picture."""
    page.locator(".timecode").get_by_text(timecode, exact=True).wait_for()


def test_next_and_previous_go_to_the_first_frame_of_a_shot(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.get_by_role("button", name="Next shot").click()
    at_shot(page, 2)
    shown_at(page, "00:00:02:00")
    assert 2.0 < page.locator("video").evaluate("video => video.currentTime") < 2.04
    page.get_by_role("button", name="Previous shot").click()
    at_shot(page, 1)
    shown_at(page, "00:00:00:00")


def test_timecodes_are_those_of_the_source(page: Any, served: Api, film: Film) -> None:
    # 25 frames a second are told as 29.97, so that numbers are dropped within the film.
    opened(page, served, film(fps=30000 / 1001, timecode="00:00:58;00"))
    for key, timecode in (
        ("Home", "00:00:58;00"),
        (".", "00:00:58;01"),
        ("ArrowRight", "00:01:00;02"),  # the second shot, 60 frames later: no timecode is 00:01:00;00
        ("ArrowLeft", "00:00:58;00"),
    ):
        page.keyboard.press(key)
        shown_at(page, timecode)
    page.get_by_text("00:00:58;00 \u2013 00:01:00;02").first.wait_for()  # in the list of shots


def test_left_goes_to_the_start_of_the_shot_and_then_to_the_one_before(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.locator("video").evaluate("video => { video.currentTime = 4 }")
    at_shot(page, 2)
    page.keyboard.press("ArrowLeft")
    shown_at(page, "00:00:02:00")
    page.keyboard.press("ArrowLeft")
    shown_at(page, "00:00:00:00")
    at_shot(page, 1)


def test_keys_go_frame_by_frame_and_to_both_ends(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.keyboard.press("End")
    shown_at(page, "00:00:11:24")
    at_shot(page, 6)
    page.keyboard.press(",")
    shown_at(page, "00:00:11:23")
    page.keyboard.press("Home")
    shown_at(page, "00:00:00:00")
    for _ in range(3):
        page.keyboard.press(".")
    shown_at(page, "00:00:00:03")


def test_a_step_back_over_a_cut_selects_the_shot_before(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.keyboard.press("ArrowRight")
    at_shot(page, 2)
    page.keyboard.press(",")
    shown_at(page, "00:00:01:24")
    at_shot(page, 1)


def test_space_plays_into_the_next_shot_and_pauses(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.keyboard.press("Space")
    page.get_by_role("button", name="Pause").wait_for()
    at_shot(page, 2)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert page.locator("video").evaluate("video => video.paused && video.currentTime > 2")


def test_the_speed_can_be_chosen(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.get_by_label("Speed").select_option("2×")  # noqa: RUF001
    assert page.locator("video").evaluate("video => video.playbackRate") == 2


def test_a_film_that_cannot_be_played_is_shown_by_its_frames(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film(video=None))
    page.get_by_text("This browser cannot play the file").wait_for()
    page.get_by_role("img", name="A frame of shot 1").wait_for()
    for number in (2, 3):
        page.keyboard.press("ArrowRight")
        at_shot(page, number)
    assert page.get_by_role("img", name="A frame of shot 3").get_attribute("src").endswith("/shots/2/frames/0.jpg")
    page.keyboard.press("Space")
    at_shot(page, 4)  # after a second
    page.get_by_role("img", name="A frame of shot 4").wait_for()
    assert not serious(page)


def test_frames_take_over_where_a_film_breaks_off(
    page: Any, served: Api, film: Film, small_film: Path, tmp_path: Path
) -> None:
    data = bytearray(small_film.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 3
    data[middle:] = bytes([255]) * (len(data) - middle)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    opened(page, served, film(video=broken))
    assert page.locator("video").is_visible()
    page.keyboard.press("Space")
    page.get_by_text("This browser cannot play the file").wait_for()
    assert not page.locator("video").count()
    page.keyboard.press("End")
    page.get_by_role("img", name="A frame of shot 6").wait_for()


def test_frames_stop_at_the_end_and_start_again(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film(video=None))
    page.get_by_text("This browser cannot play the file").wait_for()
    page.keyboard.press("End")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    shown_at(page, "00:00:11:24")
    page.keyboard.press("Space")
    at_shot(page, 1)


def test_a_video_plays_while_its_job_runs(page: Any, served: Api, standin: StandIn, small_film: Path) -> None:
    job_id = enqueue(standin, small_film)
    publish(standin, SMALL[:2])
    opened(page, served, job_id)
    page.keyboard.press("Space")
    assert until(lambda: page.locator("video").evaluate("video => video.currentTime") > 0.2)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play", exact=True).wait_for()


def goes_at(page: Any, rate: float) -> bool:
    """Wait until the video plays at this rate; 0 is paused."""
    return until(lambda: page.locator("video").evaluate("video => video.paused ? 0 : video.playbackRate") == rate)


def time_of(page: Any) -> float:
    return float(page.locator("video").evaluate("video => video.currentTime"))


def test_j_k_and_l_are_a_shuttle(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.locator("video").evaluate("video => { video.currentTime = 4 }")
    for rate in (1, 2, 4):
        page.keyboard.press("l")
        assert goes_at(page, rate)
    page.locator(".shuttle").get_by_text("4×").wait_for()  # noqa: RUF001
    page.keyboard.press("k")
    assert goes_at(page, 0)
    assert page.locator("video").evaluate("video => video.playbackRate") == 1
    page.locator(".shuttle").wait_for(state="hidden")
    stopped = time_of(page)
    page.keyboard.press("j")
    page.get_by_role("button", name="Pause").wait_for()
    assert until(lambda: time_of(page) < stopped - 0.3)
    page.keyboard.press("j")
    page.locator(".shuttle").get_by_text("2×").wait_for()  # noqa: RUF001
    page.keyboard.press("l")  # the other way, at normal speed
    assert goes_at(page, 1)
    page.keyboard.press("Space")
    assert goes_at(page, 0)


def test_going_backwards_ends_at_the_start(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    for _ in range(4):
        page.keyboard.press(".")
    page.keyboard.press("j")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert time_of(page) == 0


def test_j_and_l_go_by_a_frame_while_k_is_held(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.keyboard.down("k")
    for _ in range(3):
        page.keyboard.press("l")
    shown_at(page, "00:00:00:03")
    page.keyboard.press("j")
    shown_at(page, "00:00:00:02")
    page.keyboard.up("k")
    assert goes_at(page, 0)


def test_a_shot_is_looped(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.keyboard.press("r")
    assert page.get_by_role("button", name="Loop this shot", pressed=True).is_visible()
    page.locator("video").evaluate("video => { video.currentTime = 5.6 }")
    at_shot(page, 3)
    page.evaluate("window.times = []; document.querySelector('video').addEventListener('seeked', () => times.push(1))")
    page.keyboard.press("Space")
    assert until(lambda: page.evaluate("times.length") >= 2)
    assert 5 <= time_of(page) <= 6
    at_shot(page, 3)
    page.keyboard.press("r")
    at_shot(page, 4)
    page.keyboard.press("Space")


def test_a_picture_that_begins_late_is_shown_when_it_does(
    page: Any, served: Api, standin: StandIn, small_film: Path, tmp_path: Path
) -> None:
    video = write_late(tmp_path / "late.mp4", small_film, 1.5)
    opened(page, served, make_job(standin, SMALL, video, late=1.5))
    assert page.locator("video").evaluate("video => video.duration") == pytest.approx(13.5, abs=0.05)
    page.keyboard.press("ArrowRight")  # from before the first frame
    at_shot(page, 1)
    assert 1.5 < time_of(page) < 1.54
    page.keyboard.press("ArrowRight")
    at_shot(page, 2)
    assert 3.5 < time_of(page) < 3.54
    page.keyboard.press("Home")
    assert 1.5 < time_of(page) < 1.54
    track = page.get_by_role("slider", name="Shot")
    box = track.bounding_box()
    for seconds, shown in ((0.7, False), (2.0, True)):
        page.mouse.move(box["x"] + seconds / 13.5 * box["width"], box["y"] + 80)
        page.locator(".preview").wait_for(state="visible" if shown else "hidden")


def test_frames_of_a_variable_rate_are_stepped_through_one_by_one(
    page: Any, served: Api, standin: StandIn, tmp_path: Path
) -> None:
    seconds = [0.4 * number for number in range(10)] + [4 + number / 50 for number in range(50)]
    images = [scene(number, 160, 90) for number in range(len(seconds))]
    video = write_video(tmp_path / "a.mp4", images, times=[round(1000 * time) for time in seconds], faststart=True)
    job_id = enqueue(standin, video)
    standin.write_frames(0)
    shot = Shot(0, 60, 0.0, 5.0, frames_of(0), (), times=((10, 4.0),))
    standin.publish_shot(shot)
    standin.finish_cutting(1, Video(5.0, 50, 160, 90, 60, variable=True))
    standin.predict_next()
    opened(page, served, job_id)
    for frame in (1, 2, 3):
        page.keyboard.press(".")
        assert seconds[frame] < time_of(page) < seconds[frame] + 0.02
    page.locator("video").evaluate("video => { video.currentTime = 4.031 }")
    page.get_by_role("button", name="Split here").click()
    page.get_by_role("heading", name="Shot 2 of 2").wait_for()
    first, second = requests.get(f"{served.url}/jobs/{job_id}", timeout=60).json()["shots"]
    assert (first["end_frame"], second["start"]) == (11, 4.02)
