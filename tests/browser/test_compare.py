"""Two videos side by side."""

from typing import Any

import pytest

from testkit.standin import Api, StandIn
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, many, predict_all, publish


def shown(page: Any) -> None:
    page.locator("#figures .chart").nth(7).wait_for()


def row(page: Any, name: str) -> list[str]:
    return list(page.locator("#numbers tr").filter(has_text=name).locator("td").all_text_contents())


def ticks(page: Any, title: str) -> list[str]:
    chart = page.locator("figure").filter(has=page.get_by_role("heading", name=title)).locator(".chart")
    return list(chart.locator("text[text-anchor=end]").all_text_contents())


def test_numbers_stand_side_by_side_with_their_difference(page: Any, served: Api, film: Film) -> None:
    first, second = film(), film(SMALL[:2], name="short.mp4")
    page.goto(f"{served.url}/compare?a={first}&b={second}")
    shown(page)
    assert row(page, "Shots") == ["6", "2", "\u22124"]
    assert row(page, "Average shot length") == ["2.0\u00a0s", "2.5\u00a0s", "+0.5\u00a0s"]
    assert row(page, "Gradual transitions") == ["20\u00a0%", "0\u00a0%", "\u221220\u00a0points"]
    assert row(page, "Labels by hand") == ["0\u00a0%", "0\u00a0%", "0"]


def test_figures_have_the_same_axes(page: Any, served: Api, film: Film) -> None:
    page.goto(f"{served.url}/compare?a={film()}&b={film(many(80), name='long.mp4')}")
    shown(page)
    for title in ("cutting rhythm", "lengths of shots"):
        a, b = (
            [one for one in ticks(page, f"{side}: {title}") if one and "SL" not in one and ":" not in one]
            for side in "AB"
        )
        assert a == b and len(a) > 2, title
    page.get_by_role("button", name="0 to 100 %").press("Enter")
    page.get_by_text("Time is a share of the film.").nth(1).wait_for()
    page.get_by_role("button", name="By time").press("Enter")
    page.get_by_text("Share of the time on screen. A: ").first.wait_for()


def test_the_address_keeps_the_chosen_videos(page: Any, served: Api, film: Film) -> None:
    first, second = film(name="one.mp4"), film(SMALL[:3], name="two <b>.mp4")
    page.goto(f"{served.url}/compare")
    page.get_by_role("status").get_by_text("A: choose a video.").wait_for()
    page.get_by_label("Video A").select_option(first)
    page.get_by_label("Video B").select_option(second)
    shown(page)
    assert page.url == f"{served.url}/compare?a={first}&b={second}"
    page.reload()
    shown(page)
    assert page.get_by_label("Video B").input_value() == second
    assert page.locator("#numbers").get_by_text("two <b>.mp4").is_visible()


def test_videos_are_found_by_name(page: Any, served: Api, film: Film) -> None:
    first, _ = film(name="one.mp4"), film(name="two.mp4")
    page.goto(f"{served.url}/compare?a={first}")
    side = page.get_by_label("Video B")
    side.locator("option").nth(2).wait_for(state="attached")
    page.get_by_label("Find by name").fill("two")
    side.get_by_text("one.mp4").wait_for(state="detached")
    assert side.locator("option").count() == 2  # the placeholder and the matching video
    assert page.get_by_label("Video A").input_value() == first


def test_the_same_video_may_stand_on_both_sides(page: Any, served: Api, film: Film) -> None:
    job_id = film()
    page.goto(f"{served.url}/compare?a={job_id}&b={job_id}")
    shown(page)
    assert set(page.locator("#numbers td:last-child").all_text_contents()) == {"0"}


def test_the_page_names_unknown_and_running_videos(page: Any, served: Api, standin: StandIn) -> None:
    running = enqueue(standin, name="slow.mp4")
    page.goto(f"{served.url}/compare?a={'0' * 24}&b={running}")
    status = page.get_by_role("status")
    status.get_by_text("A: There is no video with this id").wait_for()
    assert status.get_by_text("B: slow.mp4 is not done yet: finding shots.").is_visible()
    assert page.get_by_role("heading", name="Figures").is_hidden()


def test_a_running_video_is_compared_as_soon_as_it_is_done(
    page: Any, served: Api, film: Film, standin: StandIn
) -> None:
    done, running = film(), enqueue(standin, name="slow.mp4")
    page.goto(f"{served.url}/compare?a={done}&b={running}")
    status = page.locator("#told")
    status.get_by_text("B: slow.mp4 is not done yet: finding shots.").wait_for()
    standin.finish_cutting(2, publish(standin, SMALL[:2]))
    status.get_by_text("B: slow.mp4 is not done yet: predicting.").wait_for()
    predict_all(standin, SMALL[:2])
    shown(page)
    assert row(page, "Shots") == ["6", "2", "\u22124"]
    assert not status.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_shows_all(page: Any, served: Api, film: Film, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{served.url}/compare?a={film(name='x' * 120)}&b={film(many(80))}")
    shown(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not serious(page)
