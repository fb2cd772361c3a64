"""The panel: labels and bounds are corrected by mouse and keyboard, one after the other, and none is lost."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import Api, StandIn
from tests.browser.conftest import Film, busyness, serious
from tests.browser.films import SMALL, enqueue, make_job, many, publish


@pytest.fixture
def job_id(film: Film) -> str:
    return film()


@pytest.fixture
def opened(page: Any, served: Api, job_id: str) -> Any:
    """The page of the small film, at its first shot."""
    return open_page(page, served, job_id)


@pytest.fixture
def fragile(redis_url: str, tmp_path: Path, jobs: Jobs) -> Iterator[Api]:
    """A process of the API that a test may kill."""
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0") as api:
        yield api


def open_page(page: Any, api: Api, job_id: str) -> Any:
    page.goto(f"{api.url}/videos/{job_id}")
    title(page, "Shot 1 of")
    page.locator("video").evaluate("video => video.readyState || new Promise(ok => video.onloadedmetadata = ok)")
    return page


def title(page: Any, words: str) -> None:
    page.get_by_role("heading", level=2, name=words).wait_for()


def seek(page: Any, seconds: float, words: str) -> None:
    """Move the playhead, and wait for the title of the panel."""
    page.locator("video").evaluate("(video, seconds) => { video.currentTime = seconds }", seconds)
    title(page, words)


def notice(page: Any, words: str) -> None:
    """Wait for a notice with these words."""
    page.locator("#notices").get_by_text(words, exact=True).wait_for()


def choice(page: Any, word: str, pressed: bool | None = None) -> Any:
    return page.locator("#panel").get_by_role("button", name=re.compile(f"^{word}"), pressed=pressed)


def shots_of(api: Api, job_id: str) -> list[dict[str, Any]]:
    shots: list[dict[str, Any]] = requests.get(f"{api.url}/jobs/{job_id}", timeout=60).json()["shots"]
    return shots


def corrected(api: Api, job_id: str) -> list[dict[str, str] | None]:
    return [shot["corrected"] for shot in shots_of(api, job_id)]


def bounds(api: Api, job_id: str) -> list[int]:
    return [shot["start_frame"] for shot in shots_of(api, job_id)]


def test_a_shot_is_described_with_the_probability_of_every_label(opened: Any) -> None:
    seek(opened, 5.1, "Shot 3 of 6")
    panel = opened.locator("#panel")
    assert panel.get_by_text("00:00:05:00 – 00:00:06:00").is_visible()  # noqa: RUF001
    assert panel.get_by_role("group", name="Opens with").get_by_role("button", pressed=True).inner_text() == "Dissolve"
    assert choice(opened, "Close-up 45 %", pressed=True).count() == 1
    chances = [text.split()[0] for text in panel.locator(".choice .number").all_inner_texts()]
    assert chances == ["14", "45", "14", "14", "14", "18", "18", "45", "18"]
    assert panel.get_by_text("The model is unsure").count() == 1


def test_labels_are_corrected_with_the_mouse_and_reset(opened: Any, served: Api, job_id: str) -> None:
    choice(opened, "Full shot").click()
    notice(opened, "Shot 1: Full shot")
    assert opened.get_by_text("Corrected; predicted: Long shot").is_visible()
    choice(opened, "Push").click()
    notice(opened, "Shot 1: Push")
    assert corrected(served, job_id)[0] == {"scale": "FS", "movement": "push"}
    choice(opened, "Long shot").click()  # as predicted
    notice(opened, "Shot 1: scale as predicted")
    choice(opened, "Push").click()  # the same again
    notice(opened, "Shot 1: movement as predicted")
    assert corrected(served, job_id) == [None] * 6
    assert opened.get_by_text("No shot set by hand").is_visible()


def test_a_confirmed_label_is_no_longer_uncertain(opened: Any, served: Api, job_id: str) -> None:
    seek(opened, 5.1, "Shot 3 of 6")
    opened.keyboard.press("u")  # as predicted
    notice(opened, "Shot 3: Push")
    assert opened.locator("#panel").get_by_text("Confirmed by hand").is_visible()
    assert opened.get_by_text("confirmed by hand; predicted 45 %").is_visible()
    assert opened.get_by_role("button", name="Next uncertain (1)").is_enabled()
    assert corrected(served, job_id)[2] == {"movement": "push"}
    opened.keyboard.press("u")  # the same again
    notice(opened, "Shot 3: movement as predicted")
    opened.get_by_role("button", name="Next uncertain (2)").wait_for()
    assert corrected(served, job_id) == [None] * 6


def test_keys_correct_the_shot_at_the_playhead_and_stay_there(opened: Any, served: Api, job_id: str) -> None:
    seek(opened, 2.5, "Shot 2 of 6")
    opened.keyboard.press("1")
    opened.keyboard.press("p")
    notice(opened, "Shot 2: Pull")
    title(opened, "Shot 2 of 6")
    assert corrected(served, job_id)[1] == {"scale": "ECS", "movement": "pull"}
    opened.keyboard.press("Control+z")
    notice(opened, "Undone: shot 2")
    opened.keyboard.press("z")
    opened.get_by_text("No shot set by hand").wait_for()
    assert corrected(served, job_id) == [None] * 6


def test_the_notice_undoes_a_correction(opened: Any, served: Api, job_id: str) -> None:
    opened.keyboard.press("2")
    notice(opened, "Shot 1: Close-up")
    opened.locator(".notice").get_by_role("button", name="Undo").click()
    notice(opened, "Undone: shot 1")
    assert corrected(served, job_id) == [None] * 6


def test_the_page_says_when_there_is_nothing_to_undo_or_redo(opened: Any) -> None:
    opened.get_by_role("button", name="Undo").click()
    notice(opened, "Undo: There is nothing to undo: the job has no corrections.")
    opened.get_by_role("button", name="Redo").click()
    notice(opened, "Redo: There is nothing to redo: no correction was undone since the last one.")


def test_undo_and_redo_go_to_the_shot_that_changes(opened: Any, served: Api, job_id: str) -> None:
    opened.keyboard.press("2")
    notice(opened, "Shot 1: Close-up")
    seek(opened, 7, "Shot 4 of 6")
    opened.keyboard.press("g")
    title(opened, "Shot 4 of 5")
    opened.keyboard.press("Home")
    title(opened, "Shot 1 of 5")
    opened.keyboard.press("z")
    notice(opened, "Undone: shot 4")
    title(opened, "Shot 4 of 6")
    opened.keyboard.press("z")
    notice(opened, "Undone: shot 1")
    title(opened, "Shot 1 of 6")
    assert corrected(served, job_id) == [None] * 6
    opened.keyboard.press("Control+Shift+Z")
    notice(opened, "Redone: shot 1")
    opened.keyboard.press("y")
    notice(opened, "Redone: shot 4")
    title(opened, "Shot 4 of 5")
    assert bounds(served, job_id) == [0, 50, 125, 150, 250]
    assert corrected(served, job_id)[0] == {"scale": "CS"}


def test_brackets_move_the_start_of_the_shot_and_the_playhead_follows(opened: Any, served: Api, job_id: str) -> None:
    opened.keyboard.press("]")  # the first shot starts the video
    seek(opened, 2.5, "Shot 2 of 6")
    for key in "]]]]":  # faster than they are saved
        opened.keyboard.press(key)
    notice(opened, "Shot 2: starts at 00:00:02:04")
    title(opened, "Shot 2 of 6")
    opened.locator(".timecode").get_by_text("00:00:02:04", exact=True).wait_for()
    opened.keyboard.press("[")
    notice(opened, "Shot 2: starts at 00:00:02:03")
    assert bounds(served, job_id) == [0, 53, 125, 150, 190, 250]
    for earlier in range(6):
        opened.keyboard.press("[")
        notice(opened, f"Shot 2: starts at 00:00:{'02:0' if earlier < 3 else '01:2'}{(2, 1, 0, 4, 3, 2)[earlier]}")
    assert opened.get_by_text("2 shots set by hand").is_visible()
    opened.get_by_role("button", name="Start it a frame later").click()
    notice(opened, "Shot 2: starts at 00:00:01:23")
    assert bounds(served, job_id) == [0, 48, 125, 150, 190, 250]
    opened.keyboard.press("z")
    notice(opened, "Undone: shot 2")
    assert bounds(served, job_id) == [0, 47, 125, 150, 190, 250]


def test_how_a_shot_opens_is_set_by_key_and_by_button(opened: Any, served: Api, job_id: str) -> None:
    def kinds() -> list[str]:
        return [shot["transition"] for shot in shots_of(served, job_id)]

    opened.keyboard.press("t")  # the first shot opens the video
    seek(opened, 5.1, "Shot 3 of 6")
    opened.keyboard.press("t")
    notice(opened, "Shot 3: opens with a fade")
    assert kinds() == ["cut", "cut", "fade", "cut", "cut", "cut"]
    assert opened.locator(".shot").nth(2).get_by_text("opens with a fade").is_visible()
    opened.get_by_role("button", name="Cut", exact=True).click()
    notice(opened, "Shot 3: opens with a cut")
    assert kinds() == ["cut"] * 6
    assert opened.locator("#panel").get_by_text("Boundary by hand").is_visible()
    opened.keyboard.press("z")
    notice(opened, "Undone: shot 3")
    assert kinds()[2] == "fade"


def test_a_label_leads_to_the_next_shot_if_wanted(opened: Any, served: Api, job_id: str) -> None:
    opened.get_by_label("After a label, go to the next shot").check()
    for key in "24":
        opened.keyboard.press(key)
    title(opened, "Shot 3 of 6")
    notice(opened, "Shot 2: Full shot")
    assert corrected(served, job_id)[:3] == [{"scale": "CS"}, {"scale": "FS"}, None]
    open_page(opened, served, job_id)
    opened.keyboard.press("ArrowLeft")
    title(opened, "Shot 1 of 6")
    opened.keyboard.press("2")  # which removes the label
    notice(opened, "Shot 1: scale as predicted")
    title(opened, "Shot 1 of 6")
    opened.get_by_label("After a label, go to the next shot").uncheck()
    opened.keyboard.press("2")
    notice(opened, "Shot 1: Close-up")
    title(opened, "Shot 1 of 6")


def test_a_shot_is_split_at_the_playhead_and_merged_again(opened: Any, served: Api, job_id: str) -> None:
    split = opened.get_by_role("button", name="Split here")
    assert split.is_disabled()  # at the first frame
    seek(opened, 3.01, "Shot 2 of 6")
    split.click()
    title(opened, "Shot 3 of 7")
    assert bounds(served, job_id) == [0, 50, 75, 125, 150, 190, 250]
    assert opened.locator("#panel").get_by_text("Boundary by hand").is_visible()
    assert opened.get_by_text("2 shots set by hand").is_visible()
    seek(opened, 2.5, "Shot 2 of 7")
    opened.get_by_role("button", name="Merge with next").click()
    title(opened, "Shot 2 of 6")
    assert bounds(served, job_id) == [0, 50, 125, 150, 190, 250]


def test_the_last_shot_cannot_be_merged(opened: Any) -> None:
    seek(opened, 11, "Shot 6 of 6")
    assert opened.get_by_role("button", name="Merge with next").is_disabled()


def test_a_label_typed_right_after_a_split_belongs_to_the_second_part(opened: Any, served: Api, job_id: str) -> None:
    seek(opened, 3.01, "Shot 2 of 6")
    for key in "x4":
        opened.keyboard.press(key)
    notice(opened, "Shot 3: Full shot")
    assert corrected(served, job_id) == [None, None, {"scale": "FS"}, *[None] * 4]


def test_ten_fast_keys_are_saved_one_after_the_other(opened: Any, served: Api, job_id: str) -> None:
    for key in "2u3m1u4m2p":
        opened.keyboard.press(key)
    notice(opened, "Shot 1: Pull")
    assert corrected(served, job_id)[0] == {"scale": "CS", "movement": "pull"}
    for _ in range(11):
        opened.keyboard.press("z")
    notice(opened, "Undo: There is nothing to undo: the job has no corrections.")
    assert corrected(served, job_id) == [None] * 6


def test_a_correction_made_in_passing_belongs_to_the_shot_that_was_shown(opened: Any, served: Api, job_id: str) -> None:
    for key in "1n1n1":
        opened.keyboard.press(key)
    notice(opened, "Shot 5: Extreme close-up")
    scales = [(labels or {}).get("scale") for labels in corrected(served, job_id)]
    assert scales == ["ECS", None, "ECS", None, "ECS", None]


def test_a_key_that_is_held_down_corrects_once(opened: Any, served: Api, job_id: str) -> None:
    opened.keyboard.down("g")
    opened.keyboard.down("g")  # Playwright sends it as a repetition
    opened.keyboard.up("g")
    title(opened, "Shot 1 of 5")
    opened.keyboard.press("2")
    notice(opened, "Shot 1: Close-up")
    assert bounds(served, job_id) == [0, 125, 150, 190, 250]


def test_uncertain_shots_are_visited_in_turn(opened: Any) -> None:
    opened.keyboard.press("n")
    title(opened, "Shot 3 of 6")
    opened.get_by_role("button", name="Next uncertain (2)").click()
    title(opened, "Shot 5 of 6")
    opened.keyboard.press("2")
    opened.get_by_role("button", name="Next uncertain (1)").click()
    title(opened, "Shot 3 of 6")


def test_two_people_correct_the_same_job(browser: Any, opened: Any, served: Api, job_id: str) -> None:
    other = open_page(browser.new_page(), served, job_id)
    opened.keyboard.press("2")
    notice(opened, "Shot 1: Close-up")
    other.keyboard.press("u")
    other.get_by_text("Not saved: Shot 1: Push. The job has been corrected by somebody else meanwhile").wait_for()
    assert choice(other, "Close-up", pressed=True).count() == 1  # the other correction is shown
    other.get_by_role("button", name="Try again").click()
    notice(other, "Shot 1: Push")
    assert corrected(served, job_id)[0] == {"scale": "CS", "movement": "push"}
    opened.keyboard.press("m")
    opened.get_by_text("Not saved").wait_for()
    assert choice(opened, "Motion", pressed=True).count() == 1
    opened.get_by_role("button", name="Discard").click()
    choice(opened, "Push", pressed=True).wait_for()
    assert corrected(served, job_id)[0] == {"scale": "CS", "movement": "push"}
    other.close()


def test_the_same_correction_by_two_people_is_no_conflict(browser: Any, opened: Any, served: Api, job_id: str) -> None:
    other = open_page(browser.new_page(), served, job_id)
    for page in (opened, other):
        page.keyboard.press("2")
        notice(page, "Shot 1: Close-up")
    assert corrected(served, job_id)[0] == {"scale": "CS"}
    other.close()


def test_corrections_wait_while_the_service_is_down(
    page: Any, fragile: Api, jobs: Jobs, small_film: Path, redis_url: str
) -> None:
    job_id = make_job(StandIn(jobs, Files(fragile.files.data)), SMALL, small_film)
    open_page(page, fragile, job_id)
    fragile.kill()
    for key in "2up":
        page.keyboard.press(key)
    page.get_by_text("2 more corrections wait behind it.").wait_for()
    page.keyboard.press("z")  # the last one is dropped before it is sent
    page.get_by_text("1 more correction waits behind it.").wait_for()
    page.get_by_role("button", name="Try again").click()
    page.get_by_text("Not saved: Shot 1: Close-up. The server does not answer.").wait_for()
    assert choice(page, "Close-up", pressed=True).count() == choice(page, "Push", pressed=True).count() == 1
    with fragile.restarted():
        page.get_by_role("button", name="Try again").click()
        notice(page, "Shot 1: Push")
        assert corrected(fragile, job_id)[0] == {"scale": "CS", "movement": "push"}


def test_a_correction_whose_response_is_lost_is_made_once(page: Any, served: Api, job_id: str) -> None:
    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/split", lose, times=1)  # before the page is open: a request of an open page may miss a new route
    open_page(page, served, job_id)
    seek(page, 3.01, "Shot 2 of 6")
    page.keyboard.press("x")
    page.get_by_text("Not saved: Shot 2: split in two. The server does not answer.").wait_for()
    page.get_by_role("button", name="Try again").click()
    notice(page, "Shot 2: split in two")
    title(page, "Shot 3 of 7")
    assert bounds(served, job_id) == [0, 50, 75, 125, 150, 190, 250]


def test_a_running_job_says_that_it_cannot_be_corrected_yet(page: Any, served: Api, standin: StandIn) -> None:
    job_id = enqueue(standin)
    publish(standin, SMALL)
    page.goto(f"{served.url}/videos/{job_id}")
    title(page, "Shot 1 of 6")
    assert page.get_by_text("Shots can be corrected when all of them are predicted.").is_visible()
    assert page.locator("#panel").get_by_text("Not predicted yet").count() == 2
    assert page.get_by_text("Opens the video").is_visible()
    enabled = [button for button in page.locator("#panel button:visible").all() if button.is_enabled()]
    assert [button.get_attribute("title") for button in enabled] == ["Copy a link to this shot"]
    page.keyboard.press("2")
    page.keyboard.press("z")
    assert page.locator(".notice").count() == 0


def test_the_panel_works_with_the_keyboard_alone(opened: Any, served: Api, job_id: str) -> None:
    choice(opened, "Extreme close-up").focus()
    for _ in range(2):
        opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    notice(opened, "Shot 1: Medium shot")
    assert choice(opened, "Medium shot").evaluate("button => button === document.activeElement")
    assert corrected(served, job_id)[0] == {"scale": "MS"}


def test_the_help_shows_every_key_as_it_is_typed(opened: Any) -> None:
    opened.keyboard.press("?")
    help_ = opened.get_by_role("dialog", name="Keys")
    shown = help_.locator("kbd").all_inner_texts()
    assert {*"12345smupjklr[]txgzyn?", "Ctrl"} <= set(shown)
    assert not serious(opened)
    opened.keyboard.press("Escape")
    help_.wait_for(state="hidden")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Any, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme)
    opened.keyboard.press("2")
    notice(opened, "Shot 1: Close-up")
    assert not serious(opened)


@pytest.mark.parametrize(("across", "high"), [(390, 844), (320, 568), (844, 390)])
def test_a_phone_shows_all_of_it_with_the_player_in_view(
    page: Any, served: Api, job_id: str, across: int, high: int
) -> None:
    page.set_viewport_size({"width": across, "height": high})
    open_page(page, served, job_id)
    seek(page, 5.1, "Shot 3 of 6")
    page.keyboard.press("1")
    notice(page, "Shot 3: Extreme close-up")
    assert page.evaluate("document.documentElement.scrollWidth") <= across
    inner = """panel => {
        const { right } = panel.getBoundingClientRect();
        return [...panel.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > right - 8).length;
    }"""
    assert page.locator("#panel").evaluate(inner) == 0
    undo = page.locator("#panel").get_by_role("button", name="Undo")
    undo.scroll_into_view_if_needed()
    player, button = page.locator("#player").bounding_box(), undo.bounding_box()
    assert player["y"] >= 0
    assert button["y"] >= player["y"] + player["height"]
    assert player["height"] < 0.6 * high


@pytest.mark.parametrize(("across", "high"), [(1280, 960), (1024, 768), (1920, 1080)])
def test_a_notice_covers_no_button(page: Any, served: Api, job_id: str, across: int, high: int) -> None:
    page.set_viewport_size({"width": across, "height": high})
    open_page(page, served, job_id)
    page.route("**/shots/**", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_())
    page.keyboard.press("2")
    page.locator(".notice.held").wait_for()
    covered = page.evaluate("""() => {
        const { left, right, top, bottom } = document.querySelector(".notice").getBoundingClientRect();
        return [...document.querySelectorAll("#stage button, #actions :is(button, a)")].filter((button) => {
            const box = button.getBoundingClientRect();
            return box.left < right && box.right > left && box.top < bottom && box.bottom > top;
        }).map((button) => button.textContent);
    }""")
    assert covered == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_chosen_stands_out_in_forced_colours(opened: Any, scheme: str) -> None:
    opened.emulate_media(color_scheme=scheme, forced_colors="active")
    seek(opened, 5.1, "Shot 3 of 6")
    ground = "button => getComputedStyle(button).backgroundColor"
    for chosen, other in (("Close-up", "Medium shot"), ("Push", "Static"), ("Dissolve", "Cut")):
        assert choice(opened, chosen, pressed=True).evaluate(ground) != choice(opened, other).evaluate(ground)
    assert not serious(opened)


def test_two_thousand_shots_answer_a_key_at_once(page: Any, served: Api, film: Film) -> None:
    open_page(page, served, film(many(2000)))
    pressed = """(key) => new Promise(ok => {
        const begin = performance.now();
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        requestAnimationFrame(() => requestAnimationFrame(() => ok(performance.now() - begin)));
    })"""
    best = min(page.evaluate(pressed, key) for key in "13425")  # as the machine may be busy
    assert best < 200 * busyness()  # milliseconds
    page.locator(".on-its-way").wait_for(state="hidden")
