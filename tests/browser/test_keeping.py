"""How long a video is kept, on its page and in the list; and its place in the queue."""

import time
from pathlib import Path
from typing import Any

from jobs.record import Jobs
from shotlens.storage.files import new_job_id
from testkit.standin import Api, StandIn
from testkit.waiting import until
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, publish

DAY = 86_400


def date_after(days: float) -> str:
    """A day as the page writes it; the browser of these tests is in the zone of the machine."""
    moment = time.localtime(time.time() + days * DAY)
    return f"{moment.tm_mday} {time.strftime('%B %Y', moment)}"


def test_a_video_is_kept_for_good_and_let_go(page: Any, served: Api, film: Film, jobs: Jobs) -> None:
    job_id = film()
    jobs.redis.hset(f"job:{job_id}", "expires", str(time.time() + 3 * DAY))
    page.goto(f"{served.url}/videos/{job_id}")
    page.get_by_text(f"Kept until {date_after(3)}.").wait_for()
    switch = page.get_by_role("switch", name="Keep for good")
    assert not switch.is_checked()
    switch.check()
    page.get_by_text("Kept until somebody deletes it.").wait_for()
    page.reload()
    page.get_by_text("Kept until somebody deletes it.").wait_for()
    assert switch.is_checked()
    assert not serious(page)
    switch.uncheck()
    page.get_by_text(f"Kept until {date_after(30)}.").wait_for()


def test_a_corrected_video_says_that_it_stays(page: Any, served: Api, film: Film) -> None:
    page.goto(f"{served.url}/videos/{film()}")
    page.get_by_text("Kept until", exact=False).wait_for()
    page.keyboard.press("2")
    page.get_by_text("Kept until somebody deletes it, as it was corrected by hand.").wait_for()
    page.keyboard.press("z")
    page.get_by_text(f"Kept until {date_after(30)}.").wait_for()


def test_a_switch_that_does_not_reach_the_service_goes_back(page: Any, served: Api, film: Film) -> None:
    page.goto(f"{served.url}/videos/{film()}")
    page.route("**/jobs/*", lambda route: route.abort() if route.request.method == "PATCH" else route.fallback())
    switch = page.get_by_role("switch", name="Keep for good")
    switch.click()
    page.get_by_role("alert").get_by_text("The server does not answer.").wait_for()
    assert not switch.is_checked()


def test_the_list_warns_before_a_video_is_deleted(page: Any, served: Api, film: Film, jobs: Jobs) -> None:
    for name, days in (("soon.mp4", 3.5), ("now.mp4", 0.5), ("later.mp4", 20.0)):
        jobs.redis.hset(f"job:{film(name=name)}", "expires", str(time.time() + days * DAY))
    page.goto(served.url)
    page.get_by_text("deleted in 3 days").wait_for()
    ends = page.locator("#list .end:visible").all_text_contents()
    assert ends == ["deleted within a day", "deleted in 3 days"]


def test_a_waiting_video_says_its_place_and_a_guess_of_the_time(
    page: Any, served: Api, standin: StandIn, jobs: Jobs
) -> None:
    jobs.redis.hset("pace", mapping={"bytes": "1000", "seconds": "1"})
    enqueue(standin, None, "first.mp4")
    jobs.redis.hset(f"job:{standin.claim.job}", "size", "180000")  # type: ignore[union-attr]  # it holds one
    waiting = [new_job_id() for _ in range(2)]
    for number, job_id in enumerate(waiting):
        jobs.create(job_id, f"waiting {number}.mp4", 60_000)
    page.goto(served.url)
    page.get_by_text("Waiting: next, about 3\u00a0min").wait_for()
    page.get_by_text("Waiting: number 2, about 4\u00a0min").wait_for()
    page.goto(f"{served.url}/videos/{waiting[1]}")
    page.get_by_text("Waiting: number 2, about 4\u00a0min").wait_for()
    publish(standin, SMALL)
    standin.finish_cutting(len(SMALL))
    assert standin.begin() == waiting[0]
    page.get_by_text("Waiting: next").wait_for()
    standin.begin()
    page.get_by_text("Finding shots: 0 shots so far").wait_for()


def test_a_better_poster_takes_the_place_of_a_black_one(
    page: Any, served: Api, standin: StandIn, small_film: Path
) -> None:
    job_id = enqueue(standin, small_film, "ad.mp4")
    publish(standin, SMALL)
    page.goto(served.url)
    picture = page.locator("#list .poster img")
    picture.wait_for()
    assert picture.get_attribute("src") == f"/jobs/{job_id}/shots/0/frames/0.jpg"
    assert standin.claim
    standin.jobs.publish(standin.claim, [], 0.6, poster=(2, 5))
    assert until(lambda: picture.get_attribute("src") == f"/jobs/{job_id}/shots/2/frames/5.jpg")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
