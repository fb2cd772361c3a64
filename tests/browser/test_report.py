"""The report of a video, as it is printed."""

import re
from itertools import pairwise
from typing import Any

import pytest

from testkit.standin import Api, StandIn
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, many


def opened(page: Any, served: Api, job_id: str) -> None:
    page.goto(f"{served.url}/videos/{job_id}/report")
    page.locator("#matrix .chart").wait_for()


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("shots", [6, 80, 2000])
def test_it_fits_one_page_of_either_paper_size(page: Any, served: Api, film: Film, shots: int) -> None:
    opened(page, served, film(SMALL if shots == 6 else many(shots), name="A long name of a film " * 10 + ".mp4"))
    assert [pages(page.pdf(format=paper)) for paper in ("A4", "Letter")] == [1, 1]


def test_a_phone_prints_one_page_too(page: Any, served: Api, film: Film) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, served, film(many(80)))
    assert [pages(page.pdf(format=paper)) for paper in ("A4", "Letter")] == [1, 1]


def test_a_print_in_the_dark_scheme_is_light_and_has_no_buttons(page: Any, served: Api, film: Film) -> None:
    page.emulate_media(color_scheme="dark")
    opened(page, served, film())
    ink = "getComputedStyle(document.querySelector('#name')).color"
    assert page.evaluate(ink) == "rgb(231, 233, 235)"
    assert page.get_by_role("button", name="Print").is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(ink) == "rgb(29, 33, 37)"
    assert page.get_by_role("button", name="Print").is_hidden()
    assert page.get_by_role("link", name="Back to the video").is_hidden()


def test_it_describes_the_video(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film(name="A <i>film</i>.mp4"))
    page.get_by_role("heading", level=1, name="A <i>film</i>.mp4").wait_for()
    assert page.get_by_text("0:12 · 1280 × 720 · 25 frames/s · labels by stand-in").is_visible()  # noqa: RUF001
    assert page.get_by_role("heading", name="All shots").is_visible()
    assert page.get_by_role("img", name="Shot 3").is_visible()
    assert page.locator("#frames li").nth(2).inner_text().split("\n") == ["3 00:00:05:00", "Close-up", "Push"]


def test_an_even_selection_of_many_shots_is_shown(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film(many(80)))
    page.get_by_role("heading", name="24 of 80 shots, evenly chosen").wait_for()
    numbers = [int(one) for one in page.locator("#frames b").all_text_contents()]
    assert len(numbers) == 24
    assert {b - a for a, b in pairwise(numbers)} == {3, 4}


def test_the_shapes_of_the_timeline_show_the_labels_without_colours(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    heights = {name: shape(page, name)[3] for name in ("ECS", "CS", "MS", "FS", "LS")}
    assert sorted(heights, key=lambda name: -heights[name]) == ["ECS", "CS", "MS", "FS", "LS"]
    for label, rises in (("push", True), ("pull", False)):
        d = page.locator(f"#strip > .chart .of-{label}").get_attribute("d")
        first, last = (coordinate(d, letter) for letter in "VL")
        assert (last < first) == rises


def coordinate(path: str, command: str) -> float:
    """The last number that follows a command of an SVG path, at its first use."""
    match = re.search(rf"{command}([\d.]+ )?([\d.]+)", path)
    assert match
    return float(match[2])


def shape(page: Any, label: str) -> tuple[float, float, float, float]:
    box = page.locator(f"#strip > .chart .of-{label}").bounding_box()
    return box["x"], box["y"], box["width"], box["height"]


def test_a_running_job_has_no_report_yet(page: Any, served: Api, standin: StandIn) -> None:
    page.goto(f"{served.url}/videos/{enqueue(standin, name='slow.mp4')}/report")
    page.get_by_role("status").get_by_text("slow.mp4 is not done yet: finding shots.").wait_for()
    assert page.locator("#report").is_hidden()


def test_an_unknown_job_is_reported(page: Any, served: Api) -> None:
    page.goto(f"{served.url}/videos/{'0' * 24}/report")
    page.get_by_role("alert").get_by_text("There is no video with this id").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_shows_all(page: Any, served: Api, film: Film, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, served, film(many(80), name="x" * 120))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not serious(page)
