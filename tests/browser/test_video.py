"""The page of one video."""

from typing import Any

from testkit.standin import Api
from tests.browser.conftest import Film, serious


def test_a_finished_video_is_shown(page: Any, served: Api, film: Film) -> None:
    page.goto(f"{served.url}/videos/{film()}")
    page.get_by_role("heading", level=1, name="film.mp4").wait_for()
    page.get_by_role("heading", level=2, name="Shots").wait_for()
    assert page.get_by_text("0:12 · 1280 × 720 · 25 frames/s").is_visible()  # noqa: RUF001
    assert not serious(page)


def test_an_older_link_leads_to_the_page(page: Any, served: Api, film: Film) -> None:
    job_id = film()
    page.goto(f"{served.url}/?job={job_id}")
    page.wait_for_url(f"**/videos/{job_id}")
