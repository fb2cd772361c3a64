"""The page takes its heads from `shotlens/shots/heads.py`: a head that is added there is shown as the others are."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from shotlens.shots.heads import HEADS, Head, Label
from shotlens.shots.shot import Prediction
from testkit.standin import MODEL, ROOT, Api, StandIn
from testkit.waiting import until
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, predictions, publish
from tests.browser.test_report import pages
from tests.browser.test_shots import UNCUT, numbers

LIGHT = Head("light", "Light", (Label("bright", "Bright", "day", "b"), Label("dark", "Dark", "night", "d")), rank=2)
PLACES = (Label("street", "Street", "a road"), Label("forest", "Forest", "trees"), Label("room", "Room", "four walls"))
PLACE = Head("place", "Place", PLACES, rank=3, shown=2, correctable=False)
# Python imports a module of this name first, so the table has all heads before any other module reads it.
SITECUSTOMIZE = f"""
from typing import Literal
from shotlens.shots import heads
from shotlens.shots.heads import Head, Label
heads.HEADS |= {{head.name: head for head in ({LIGHT!r}, {PLACE!r})}}
heads.HeadName = Literal[tuple(heads.HEADS)]
"""
DARK = (0.9, 0.2, 0.6, 0.1, 0.3, 0.2)  # of each shot of the small film


@pytest.fixture(scope="module")
def process(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API with two more heads."""
    folder = tmp_path_factory.mktemp("heads")
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE)
    with Api(redis_url, folder / "data", SHOTLENS_SPARE_BYTES="0", PYTHONPATH=f"{folder}:{ROOT}") as api:
        yield api


@pytest.fixture
def job_id(standin: StandIn, small_film: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A finished job with the predictions of all heads, the two added ones included."""
    for head in (LIGHT, PLACE):
        monkeypatch.setitem(HEADS, head.name, head)
    job_id = enqueue(standin, small_film)
    standin.finish_cutting(len(SMALL), publish(standin, SMALL))
    claim = standin.predict.take(block=5)
    assert claim
    place = Prediction({"street": 0.5, "forest": 0.1, "room": 0.4})
    lights = [Prediction({"bright": 1 - dark, "dark": dark}, uncertain=dark == 0.6) for dark in DARK]
    answers = {
        int(first): {**predictions(one), "light": light, "place": place}
        for first, one, light in zip(claim.fields["shots"].split(","), SMALL, lights, strict=True)
    }
    standin.jobs.finish_predict(claim, answers, MODEL)
    return job_id


@pytest.fixture
def opened(page: Any, served: Api, job_id: str) -> Any:
    """The page of that job."""
    page.goto(f"{served.url}/videos/{job_id}")
    page.locator(".labels").first.wait_for()
    return page


def choices(page: Any, head: str) -> Any:
    return page.locator("#panel").get_by_role("group", name=head)


def chip(page: Any, head: str, word: str) -> Any:
    return page.locator("#shots").get_by_role("group", name=head).get_by_role("button", name=word)


def corrected(served: Api, job_id: str) -> dict[str, str] | None:
    """The corrected labels of the first shot."""
    shots = requests.get(f"{served.url}/jobs/{job_id}", timeout=60).json()["shots"]
    labels: dict[str, str] | None = shots[0]["corrected"]
    return labels


def test_a_further_head_stands_after_the_others(opened: Any) -> None:
    for heads in ("#panel h3", ".row-name", ".filters .group > .soft"):
        assert opened.locator(heads).all_text_contents() == ["Scale", "Movement", "Light", "Place"]
    legend = opened.locator(".legend ul").nth(2).get_by_role("listitem")
    assert legend.all_text_contents() == ["Bright75\u00a0%", "Dark25\u00a0%"]
    labels = opened.locator(".shot").first.locator(".name")
    assert labels.all_text_contents() == ["LS Long shot", "Static", "Dark", "Street", "Room"]
    words = "Shot 1 of 6, long shot, static, dark, street, room, 0:00"
    opened.locator(f"[role=slider][aria-valuetext='{words}']").wait_for()
    assert opened.locator("#figures h3").all_text_contents()[1:5] == [
        f"{heads}, by shots" for heads in ("Scales", "Movements", "Lights", "Places")
    ]


def test_its_label_is_corrected_by_a_click_and_reset_by_its_key(opened: Any, served: Api, job_id: str) -> None:
    choices(opened, "Light").get_by_role("button", name="Bright 10 %").click()
    opened.locator("#notices").get_by_text("Shot 1: Bright", exact=True).wait_for()
    assert opened.get_by_text("Corrected; predicted: Dark").is_visible()
    assert opened.locator(".shot").first.get_by_text("by hand; predicted dark 90 %").is_visible()
    assert corrected(served, job_id) == {"light": "bright"}
    opened.keyboard.press("d")
    opened.locator("#notices").get_by_text("Shot 1: light as predicted", exact=True).wait_for()
    assert corrected(served, job_id) is None


def test_a_head_that_cannot_be_corrected_shows_its_likeliest_labels_without_buttons(opened: Any) -> None:
    place = choices(opened, "Place")
    assert place.get_by_role("button").count() == 0
    assert place.locator(".choice:visible").all_inner_texts() == ["Street\n50\u00a0%", "Room\n40\u00a0%"]


def test_a_job_from_before_a_head_has_no_labels_of_it(page: Any, served: Api, film: Film) -> None:
    page.goto(f"{served.url}/videos/{film()}")
    choices(page, "Light").get_by_text("Not predicted", exact=True).wait_for()
    assert choices(page, "Light").get_by_role("button", disabled=True).count() == 2
    assert page.locator(".shot").first.locator(".name").all_text_contents() == ["LS Long shot", "Static"]
    assert page.get_by_text("Share of the shots: none.").count() == 2


def test_its_labels_are_filtered_sorted_and_exported(opened: Any) -> None:
    chip(opened, "Light", "Dark 2").click()
    opened.locator("#shots").get_by_text("2 of 6 shots", exact=True).wait_for()
    opened.get_by_label("Sort").select_option("Least sure of light first")
    assert until(lambda: numbers(opened.locator(".shot")) == [3, 1])
    opened.reload()
    opened.locator("#shots").get_by_text("2 of 6 shots", exact=True).wait_for()
    assert numbers(opened.locator(".shot")) == [3, 1]
    opened.get_by_role("button", name="Export").click()
    opened.get_by_label("Only the 2 shots").check()
    with opened.expect_download() as begun:
        opened.locator(".menu a[data-format=csv]").click()
    assert begun.value.url.endswith("export?format=csv&light=dark")
    assert len(begun.value.path().read_text().splitlines()) == 3


def test_the_keys_of_the_page_are_those_of_the_table(opened: Any) -> None:
    opened.keyboard.press("?")
    keys = opened.locator(".keys section").filter(has=opened.get_by_role("heading", name="Light"))
    assert keys.locator("dl > div").all_inner_texts() == ["b\nBright", "d\nDark"]
    assert opened.locator(".keys").get_by_text("Place").count() == 0


def test_report_and_comparison_have_its_figure(page: Any, served: Api, job_id: str) -> None:
    page.goto(f"{served.url}/videos/{job_id}/report")
    page.get_by_role("heading", name="Lights").wait_for()
    assert page.get_by_role("img", name="Timeline of scales, movements, lights and places").is_visible()
    assert pages(page.pdf(format="A4")) == 1
    page.goto(f"{served.url}/compare?a={job_id}&b={job_id}")
    page.get_by_role("img", name="Lights").wait_for()
    assert page.get_by_text(re.compile("A: bright 67\u00a0%, dark 33\u00a0%")).is_visible()


@pytest.mark.parametrize("across", [390, 900, 1280])
def test_a_row_has_room_for_all_labels(page: Any, served: Api, job_id: str, across: int) -> None:
    page.set_viewport_size({"width": across, "height": 844})
    page.goto(f"{served.url}/videos/{job_id}")
    rows = page.locator(".shot")
    for row in range(len(SMALL)):
        rows.nth(row).scroll_into_view_if_needed()
        rows.nth(row).locator("svg[role=img]").wait_for(state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= across
    assert rows.evaluate_all(UNCUT) == []
    assert not serious(page)
