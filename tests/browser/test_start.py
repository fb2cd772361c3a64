"""The list of all jobs on the start page: updates, search, deletion with undo, comparison."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.record import Jobs
from shotlens.storage.files import Files, new_job_id
from testkit.standin import MP4, Api, StandIn
from testkit.waiting import until
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, publish

HOSTILE = (
    "<img src=x onerror=alert(1)> with a name that is longer than any screen is wide, and has noWordsToBreakAt " * 2
)


@pytest.fixture
def waiting(jobs: Jobs, served: Api) -> Callable[..., str]:
    """Make jobs with these names that stay queued, the last one the newest; return the id of the last."""

    def make(*names: str) -> str:
        for name in names:
            job_id = new_job_id()
            jobs.create(job_id, name, len(MP4))
        return job_id

    return make


@pytest.fixture
def mortal(redis_url: str, jobs: Jobs, tmp_path: Path) -> Iterator[Api]:
    """A process that a test may kill."""
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0") as api:
        yield api


def row(page: Any, name: str) -> Any:
    return page.locator("#list > li").filter(has_text=name)


def names(page: Any) -> list[str]:
    return list(page.locator("#list .name").all_text_contents())


def delete(page: Any, name: str) -> None:
    page.get_by_role("button", name=f"Delete {name}", exact=True).click()
    row(page, name).wait_for(state="detached")


def test_an_empty_list_says_what_to_do_first(page: Any, served: Api) -> None:
    page.goto(served.url)
    page.get_by_text("No videos yet. Drop one above, or choose one").wait_for()
    assert not serious(page)


def test_a_video_is_listed_with_its_facts_and_poster(page: Any, served: Api, film: Film) -> None:
    job_id = film(name="ad.mp4")
    page.goto(served.url)
    page.get_by_role("link", name="ad.mp4").wait_for()
    assert row(page, "ad.mp4").get_by_text(re.compile(r"^0:12 · 6 shots · \d+\skB$")).is_visible()
    assert row(page, "ad.mp4").get_by_text("Done", exact=True).is_visible()
    assert row(page, "ad.mp4").locator("time").text_content() == "just now"
    poster = row(page, "ad.mp4").locator("img")
    assert poster.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320
    page.get_by_role("link", name="ad.mp4").click()
    page.wait_for_url(f"**/videos/{job_id}")


def test_the_newest_video_comes_first(page: Any, served: Api, waiting: Callable[..., str]) -> None:
    waiting("first.mp4", "second.mp4", "third.mp4")
    page.goto(served.url)
    page.get_by_text("3 videos").wait_for()
    assert names(page) == ["third.mp4", "second.mp4", "first.mp4"]


def test_the_row_of_a_running_video_shows_its_progress(
    page: Any, served: Api, standin: StandIn, small_film: Path
) -> None:
    enqueue(standin, small_film, "ad.mp4")
    page.goto(served.url)
    row(page, "ad.mp4").get_by_text("Finding shots").wait_for()
    assert row(page, "ad.mp4").locator("img").count() == 0
    page.get_by_role("link", name="ad.mp4").focus()
    publish(standin, SMALL)
    row(page, "ad.mp4").get_by_text(re.compile(r"^Finding shots · 25\s%$")).wait_for()
    row(page, "ad.mp4").locator("img").wait_for()
    standin.fail("The file breaks off in the middle.")
    row(page, "ad.mp4").get_by_text("The file breaks off in the middle.").wait_for()
    assert row(page, "ad.mp4").get_by_text("Failed", exact=True).is_visible()
    assert not row(page, "ad.mp4").get_by_role("progressbar").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "ad.mp4"


def test_a_new_video_moves_neither_the_focus_nor_the_other_rows(
    page: Any, served: Api, waiting: Callable[..., str]
) -> None:
    waiting(*(f"{number}.mp4" for number in range(30)))
    page.goto(served.url)
    page.get_by_role("button", name="Delete 3.mp4", exact=True).focus()
    before = row(page, "3.mp4").last.bounding_box()
    page.locator("#list > li").first.evaluate("first => { first.seen = true; }")
    waiting("new.mp4")
    page.get_by_role("link", name="new.mp4").wait_for(state="attached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Delete 3.mp4"
    assert abs(row(page, "3.mp4").last.bounding_box()["y"] - before["y"]) < 2
    assert page.locator("#list > li").nth(1).evaluate("second => second.seen")


@pytest.mark.parametrize("width", [1280, 900, 390])
def test_rows_off_the_screen_have_their_real_height(
    page: Any, served: Api, waiting: Callable[..., str], width: int
) -> None:
    waiting(*(f"{number}.mp4" for number in range(30)))
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(served.url)
    row(page, "29.mp4").last.wait_for()
    heights = page.locator("#list > li").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert max(heights) - min(heights) < 1


def test_a_search_finds_names_and_states(
    page: Any, served: Api, waiting: Callable[..., str], standin: StandIn, film: Film
) -> None:
    film(name="Summer ad.mp4")
    waiting("Winter.mp4", "winter & summer.mp4")
    page.goto(served.url)
    page.get_by_text("3 videos").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("SUMMER")
    page.get_by_text("2 videos").wait_for()
    assert names(page) == ["winter & summer.mp4", "Summer ad.mp4"]
    page.get_by_label("Show by state").select_option("Done")
    page.get_by_text("1 video", exact=True).wait_for()
    assert names(page) == ["Summer ad.mp4"]
    page.get_by_label("Show by state").select_option("Failed")
    page.get_by_text("No video fits this search.").wait_for()
    page.get_by_label("Search by name").fill("")
    page.get_by_label("Show by state").select_option("All states")
    page.get_by_text("3 videos").wait_for()


def test_older_videos_are_loaded_page_by_page(page: Any, served: Api, waiting: Callable[..., str]) -> None:
    waiting(*(f"{number}.mp4" for number in range(130)))
    page.goto(served.url)
    page.get_by_text("100 videos and more").wait_for()
    page.get_by_role("button", name="Show more").click()
    page.get_by_text("130 videos", exact=True).wait_for()
    assert names(page) == [f"{number}.mp4" for number in reversed(range(130))]
    assert not page.get_by_role("button", name="Show more").is_visible()


def test_undo_restores_a_deleted_video(page: Any, served: Api, jobs: Jobs, waiting: Callable[..., str]) -> None:
    job_id = waiting("a.mp4", "b.mp4")
    page.goto(served.url)
    delete(page, "b.mp4")
    page.get_by_role("status").get_by_text("“b.mp4” is deleted.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="b.mp4").wait_for()
    assert names(page) == ["b.mp4", "a.mp4"]
    assert not page.get_by_role("button", name="Undo").is_visible()
    page.reload()
    page.get_by_role("link", name="b.mp4").wait_for()
    assert jobs.exists(job_id)


def test_a_deleted_video_is_gone_after_the_time_to_undo(
    page: Any, served: Api, jobs: Jobs, files: Files, film: Film
) -> None:
    job_id = film(name="a.mp4")
    page.goto(served.url)
    delete(page, "a.mp4")
    page.get_by_text("No videos yet.").wait_for()
    assert jobs.exists(job_id)
    assert until(lambda: not jobs.exists(job_id))
    assert until(lambda: not files.folder(job_id).exists())
    page.get_by_role("button", name="Undo").wait_for(state="detached")
    assert names(page) == []
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_reload_within_the_time_to_undo_does_not_show_the_video_again(
    page: Any, served: Api, jobs: Jobs, waiting: Callable[..., str]
) -> None:
    job_id = waiting("a.mp4", "b.mp4")
    page.goto(served.url)
    delete(page, "b.mp4")
    page.reload()
    page.get_by_role("link", name="a.mp4").wait_for()
    assert names(page) == ["a.mp4"]
    assert until(lambda: not jobs.exists(job_id))


def test_a_browser_without_storage_can_delete(page: Any, served: Api, jobs: Jobs, film: Film) -> None:
    first, second = film(name="a.mp4"), film(name="b.mp4")
    for store in ("localStorage", "sessionStorage"):  # Chromium forbids both when a person blocks all cookies
        forbid = "get() { throw new DOMException('Access is denied.', 'SecurityError'); }"
        page.add_init_script(f"Object.defineProperty(window, '{store}', {{ {forbid} }});")
    page.goto(served.url)
    delete(page, "a.mp4")
    page.get_by_text("1 video", exact=True).wait_for()
    assert until(lambda: not jobs.exists(first))
    page.get_by_role("link", name="b.mp4").click()
    page.get_by_role(
        "button", name="Delete", exact=True
    ).click()  # the buttons of the list have the name of the video in theirs
    page.get_by_text("No videos yet.").wait_for()
    assert not jobs.exists(second)


def test_leaving_the_page_completes_a_deletion(page: Any, served: Api, jobs: Jobs, waiting: Callable[..., str]) -> None:
    job_id = waiting("a.mp4")
    page.goto(served.url)
    delete(page, "a.mp4")
    page.goto(f"{served.url}/compare")
    assert until(lambda: not jobs.exists(job_id))


def test_a_deletion_waits_for_the_service(page: Any, mortal: Api, jobs: Jobs) -> None:
    job_id = new_job_id()
    jobs.create(job_id, "a.mp4", 1)
    page.goto(mortal.url)
    page.get_by_role("link", name="a.mp4").wait_for()
    mortal.kill()
    page.get_by_role("alert").get_by_text("The server does not answer.").wait_for()
    delete(page, "a.mp4")
    page.get_by_role("button", name="Undo").wait_for(state="detached")
    assert jobs.exists(job_id)
    with mortal.restarted():
        assert until(lambda: not jobs.exists(job_id))
        page.get_by_role("alert").wait_for(state="hidden")
        page.get_by_text("No videos yet.").wait_for()


def test_two_tabs_agree_on_deletions(page: Any, served: Api, jobs: Jobs, waiting: Callable[..., str]) -> None:
    job_id = waiting("a.mp4", "b.mp4")
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(served.url)
        tab.get_by_role("link", name="b.mp4").wait_for()
    delete(page, "b.mp4")
    row(other, "b.mp4").wait_for(state="detached")
    page.get_by_role("button", name="Undo").click()
    other.get_by_role("link", name="b.mp4").wait_for()
    assert jobs.exists(job_id)
    delete(other, "b.mp4")
    row(page, "b.mp4").wait_for(state="detached")
    assert until(lambda: not jobs.exists(job_id))
    assert names(page) == names(other) == ["a.mp4"]


def test_the_list_continues_when_the_service_is_back(page: Any, mortal: Api, jobs: Jobs) -> None:
    jobs.create(new_job_id(), "a.mp4", 1)
    page.goto(mortal.url)
    page.get_by_role("link", name="a.mp4").wait_for()
    mortal.kill()
    page.get_by_role("alert").get_by_text("The server does not answer. The list goes on by itself").wait_for()
    assert names(page) == ["a.mp4"]
    jobs.create(new_job_id(), "b.mp4", 1)
    with mortal.restarted():
        page.get_by_role("link", name="b.mp4").wait_for()
        assert not page.get_by_role("alert").is_visible()


def test_two_videos_are_compared(page: Any, served: Api, film: Film, waiting: Callable[..., str]) -> None:
    ids = {name: film(name=name) for name in ("a.mp4", "b.mp4", "c.mp4")}
    waiting("later.mp4")
    page.goto(served.url)
    page.get_by_label("Compare a.mp4").check()
    page.get_by_label("Compare c.mp4").check()
    assert page.get_by_label("Compare b.mp4").is_disabled()
    assert page.get_by_label("Compare later.mp4").is_disabled()
    page.get_by_role("link", name="Compare 2 of 2").click()
    page.wait_for_url(f"**/compare?a={ids['a.mp4']}&b={ids['c.mp4']}")


def test_the_list_works_without_a_mouse(page: Any, served: Api, film: Film) -> None:
    for name in ("a.mp4", "b.mp4"):
        film(name=name)
    page.goto(served.url)
    page.get_by_text("2 videos").wait_for()

    def tab_to(name: str) -> None:
        focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"
        for _ in range(20):
            if page.evaluate(focused) == name:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{name} is not reached")

    tab_to("Compare b.mp4")
    page.keyboard.press("Space")
    assert page.get_by_label("Compare b.mp4").is_checked()
    tab_to("Delete b.mp4")
    page.keyboard.press("Enter")
    row(page, "b.mp4").wait_for(state="detached")
    assert page.evaluate("document.activeElement.textContent") == "a.mp4"
    page.keyboard.press("z")
    page.get_by_role("link", name="b.mp4").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "b.mp4"
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    for words in ("Search", "Choose videos to upload", "Take the last deletion back"):
        assert dialog.get_by_text(words, exact=True).is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/videos/*")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
def test_it_is_readable_at_every_width(
    page: Any, served: Api, film: Film, standin: StandIn, *, width: int, scheme: str
) -> None:
    film(name=f"{HOSTILE}.mp4")
    film(name="ad.mp4")
    enqueue(standin, None, "running.mp4")
    publish(standin, SMALL)
    enqueue(standin, None, "sound.mp4")
    standin.fail("The file holds no video, only sound.")
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(served.url)
    page.get_by_label("Compare ad.mp4").check()
    page.set_input_files("#file", {"name": f"{HOSTILE}.txt", "mimeType": "", "buffer": b"no video"})
    page.get_by_text("That is not a video that is accepted here").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not serious(page)
