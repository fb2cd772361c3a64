"""Where the playhead is, in the address: links to shots and times lead there, and the address follows the playhead."""

from typing import Any

import pytest

from testkit.standin import Api, StandIn
from testkit.waiting import until
from tests.browser.conftest import Film
from tests.browser.films import enqueue
from tests.browser.test_player import at_shot, opened, time_of


def at_query(page: Any, query: str) -> bool:
    return until(lambda: page.evaluate("location.search.slice(1)") == query)


@pytest.mark.parametrize(
    ("query", "shot", "seconds"),
    [
        ("shot=4", 4, 6.0),
        ("t=5.5", 3, 5.5),
        ("t=5.5&shot=1", 3, 5.5),  # the time counts: a correction may have renumbered the shots
        ("shot=99", 1, 0.0),
        ("shot=0&t=-1", 1, 0.0),
        ("shot=<b>&t=1e9", 1, 0.0),
        ("t=999", 6, 12.0),
    ],
)
def test_a_link_leads_to_its_shot_or_time(
    page: Any, served: Api, film: Film, *, query: str, shot: int, seconds: float
) -> None:
    page.goto(f"{served.url}/videos/{film()}?{query}")
    at_shot(page, shot)
    assert time_of(page) == pytest.approx(seconds, abs=0.03)


def test_the_address_follows_the_playhead_and_a_reload_stays_there(page: Any, served: Api, film: Film) -> None:
    opened(page, served, film())
    page.keyboard.press("ArrowRight")
    assert at_query(page, "shot=2")
    for _ in range(3):
        page.keyboard.press(".")
    assert at_query(page, "shot=2&t=2.12")
    for _ in range(3):
        page.reload()
        at_shot(page, 2)
        page.locator(".timecode").get_by_text("00:00:02:03", exact=True).wait_for()
    page.get_by_role("button", name="Uncertain only").click()
    assert at_query(page, "shot=2&t=2.12&only=uncertain")
    page.keyboard.press("Home")
    assert at_query(page, "only=uncertain")


def test_a_link_waits_for_its_shot_while_the_job_runs(page: Any, served: Api, standin: StandIn) -> None:
    job_id = enqueue(standin)
    for index in range(2):
        standin.publish(index)
    page.goto(f"{served.url}/videos/{job_id}?shot=3")
    at_shot(page, 1)
    standin.publish(2)
    standin.finish_cutting(3)
    for _ in range(3):
        standin.predict_next()
    at_shot(page, 3)


def test_the_link_to_a_shot_is_copied(page: Any, served: Api, film: Film) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    job_id = film()
    opened(page, served, job_id)
    page.keyboard.press("ArrowRight")
    at_shot(page, 2)
    page.get_by_role("button", name="Copy a link to this shot").click()
    page.locator("#notices").get_by_text("The link to shot 2 is copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{served.url}/videos/{job_id}?shot=2"
