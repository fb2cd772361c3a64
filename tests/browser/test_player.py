"""The player: the playhead, its keys, and the frames that replace a video that the browser cannot play."""

from pathlib import Path
from typing import Any

from testkit.standin import Api, StandIn
from testkit.waiting import until
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, publish


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
