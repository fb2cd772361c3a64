"""What a person reads when there is nothing to show: a failed video, an unknown one, a mistyped address."""

from pathlib import Path
from typing import Any

import pytest

from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import Api, StandIn
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, publish

REASON = "The file holds no video, only sound: send one with pictures."


@pytest.fixture
def failed(standin: StandIn, served: Api) -> str:
    """The address of the page of a video that has failed."""
    job_id = enqueue(standin, None, "sound.mp4")
    standin.fail(REASON)
    return f"{served.url}/videos/{job_id}"


@pytest.mark.parametrize("rest", ["", "/report"])
def test_the_reason_of_a_failure_stays(page: Any, failed: str, rest: str) -> None:
    page.goto(f"{failed}{rest}", wait_until="networkidle")
    assert page.get_by_role("alert").all_text_contents().count(REASON) == 1
    assert page.get_by_text(REASON).is_visible()
    assert page.get_by_role("link", name="To the videos").is_visible()
    assert not serious(page)


def test_the_page_of_a_failed_video_has_its_name_and_can_delete_it(page: Any, failed: str) -> None:
    page.goto(failed)
    page.get_by_role("heading", level=1, name="sound.mp4").wait_for()
    assert page.get_by_role("button", name="Delete", exact=True).is_enabled()
    assert page.get_by_role("button", name="Export").is_hidden()
    page.get_by_role("link", name="To the videos").click()
    page.get_by_role("link", name="sound.mp4").wait_for()


def test_the_report_of_a_failed_video_says_whose_it_is(page: Any, failed: str) -> None:
    page.goto(f"{failed}/report")
    page.get_by_text("sound.mp4 has failed, so there is nothing to report.").wait_for()


def test_a_failure_is_shown_when_it_comes(page: Any, served: Api, standin: StandIn, small_film: Path) -> None:
    job_id = enqueue(standin, small_film, "ad.mp4")
    page.goto(f"{served.url}/videos/{job_id}")
    page.get_by_text("Finding shots: 0 shots so far").wait_for()
    publish(standin, SMALL)
    standin.fail(REASON)
    page.get_by_role("alert").get_by_text(REASON).wait_for()
    assert page.locator("#running").is_hidden()


def test_a_page_of_an_unknown_video_says_why_that_may_be(page: Any, served: Api) -> None:
    page.goto(f"{served.url}/videos/{'0' * 24}")
    page.get_by_role("heading", level=1, name="There is no such video").wait_for()
    alert = page.get_by_role("alert").get_by_text("it was never uploaded, was deleted, or has expired")
    alert.wait_for()
    assert page.title() == "No such video – Shotlens"  # noqa: RUF001
    assert page.get_by_role("button", name="Delete", exact=True).is_hidden()
    assert not serious(page)
    page.get_by_role("link", name="To the videos").click()
    page.wait_for_url(f"{served.url}/")


def test_a_video_that_is_deleted_while_it_is_shown_keeps_its_name(
    page: Any, served: Api, standin: StandIn, jobs: Jobs
) -> None:
    job_id = enqueue(standin, None, "ad.mp4")
    page.goto(f"{served.url}/videos/{job_id}")
    page.get_by_role("heading", level=1, name="ad.mp4").wait_for()
    jobs.delete(job_id)
    page.get_by_role("heading", level=1, name="“ad.mp4” is gone").wait_for()


@pytest.mark.parametrize("address", ["/video", "/videos/5f0c1d", "/jobs/5f0c1d/export?format=csv"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mistyped_address_has_a_sentence_and_a_way_back(page: Any, served: Api, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.goto(f"{served.url}{address}").status == 404
    assert page.get_by_role("heading", level=1).inner_text().startswith("There is no")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert not serious(page)
    page.get_by_role("link", name="To the videos").click()
    page.get_by_role("heading", name="Videos", exact=True).wait_for()


def test_the_same_file_again_is_offered(page: Any, served: Api, film: Film, files: Files, jobs: Jobs) -> None:
    earlier = film(name="first.mp4")
    job_id = film(name="again.mp4")
    jobs.redis.hset(f"job:{job_id}", "duplicate_of", earlier)
    page.goto(f"{served.url}/videos/{job_id}")
    page.get_by_text("The same file is here already: “first.mp4” came on").wait_for()
    assert page.get_by_text("and has 6 shots.").is_visible()
    assert not serious(page)
    page.get_by_role("link", name="Open the earlier one").click()
    page.get_by_role("heading", level=1, name="first.mp4").wait_for()
    page.goto(served.url)
    page.get_by_role("link", name="Same file as before").click()
    page.wait_for_url(f"**/videos/{earlier}")
    jobs.delete(earlier)
    page.goto(f"{served.url}/videos/{job_id}", wait_until="networkidle")
    assert page.locator("#duplicate").is_hidden()
