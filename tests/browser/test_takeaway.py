"""What leaves the page of a video: exports, links, corrections for training; and its deletion."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest
import requests

from shotlens.cli.main import main
from shotlens.exports.registry import EXPORTS, SHEETS
from shotlens.training.data.samples import read_index
from testkit.standin import Api, StandIn
from testkit.videos import shots, write_video
from testkit.waiting import until
from tests.browser.conftest import Film, serious
from tests.browser.films import SMALL, enqueue, publish


@pytest.fixture
def job_id(film: Film) -> str:
    return film(name="Größe & Maß.mp4")


@pytest.fixture
def opened(page: Any, served: Api, job_id: str) -> Any:
    return open_page(page, served, job_id)


def open_page(page: Any, served: Api, job_id: str) -> Any:
    page.goto(f"{served.url}/videos/{job_id}")
    page.get_by_role("heading", level=2, name="Shot 1 of").wait_for()
    return page


def open_menu(page: Any) -> Any:
    page.get_by_role("button", name="Export").click()
    return page.locator(".menu")


def download(page: Any, form: str, folder: Path) -> Path:
    """Save the file of a line of the menu under the name that the service suggests."""
    with page.expect_download() as begun:
        page.locator(f".menu a[data-format='{form}']").click()
    path = folder / str(begun.value.suggested_filename)
    begun.value.save_as(path)
    return path


def test_the_menu_offers_every_format_under_the_name_of_the_video(opened: Any, tmp_path: Path) -> None:
    menu = open_menu(opened)
    suffixes = {name: form.suffix for name, form in (EXPORTS | SHEETS).items()}
    suffixes |= {"zip": ".zip", "zip&frames=one": ".zip"}
    assert {link.get_attribute("data-format") for link in menu.get_by_role("link").all()} == set(suffixes)
    for name, suffix in suffixes.items():
        path = download(opened, name, tmp_path)
        assert path.name == f"Größe _ Maß{suffix}"
        assert path.stat().st_size > 100
    with (tmp_path / "Größe _ Maß.csv").open() as file:
        assert len(list(csv.DictReader(file))) == len(SMALL)


def test_an_export_holds_the_corrections(opened: Any, tmp_path: Path) -> None:
    opened.keyboard.press("1")
    opened.get_by_text("1 shot set by hand").wait_for()
    open_menu(opened)
    with download(opened, "csv", tmp_path).open() as file:
        assert next(csv.DictReader(file))["scale"] == "ECS"


def test_an_export_may_be_limited_to_the_filtered_shots(opened: Any, tmp_path: Path) -> None:
    for label in ("Medium shot", "Close-up", "Static"):
        opened.locator("#shots .filters").get_by_role("button", name=re.compile(f"^{label}")).click()
    open_menu(opened)
    only = opened.get_by_label("Only the 1 shot with the labels that the list shows")
    assert len(json.loads(download(opened, "json", tmp_path).read_text())["shots"]) == 6
    only.check()
    [shot] = json.loads(download(opened, "json", tmp_path).read_text())["shots"]
    assert (shot["index"], shot["scale"]["label"], shot["movement"]["label"]) == (5, "MS", "static")


def test_timecodes_of_an_export_start_at_that_of_the_video_or_at_zero(
    page: Any, served: Api, film: Film, tmp_path: Path
) -> None:
    open_menu(open_page(page, served, film(timecode="01:00:00:00")))
    assert " 01:00:00:00 01:00:02:00 " in download(page, "edl", tmp_path).read_text()
    page.get_by_label("Count timecodes from zero").check()
    assert " 00:00:00:00 00:00:02:00 " in download(page, "edl", tmp_path).read_text()


def test_escape_a_click_or_moving_the_focus_closes_the_menu(opened: Any) -> None:
    menu, button = open_menu(opened), opened.get_by_role("button", name="Export")
    assert not serious(opened)
    assert opened.get_by_label("Only the").is_hidden()  # nothing is filtered
    assert opened.get_by_label("Count timecodes").is_hidden()  # the video has none of its own
    opened.keyboard.press("Tab")
    opened.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    assert button.evaluate("button => button === document.activeElement")
    opened.keyboard.press("Enter")
    menu.wait_for()
    opened.get_by_role("heading", level=1).click()
    menu.wait_for(state="hidden")
    button.click()
    opened.locator("#actions").get_by_role("link", name="Report").focus()
    menu.wait_for(state="hidden")


def test_a_phone_shows_the_whole_menu(page: Any, served: Api, job_id: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    box = open_menu(open_page(page, served, job_id)).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_report_and_comparison_are_one_click_away(opened: Any, job_id: str) -> None:
    address = opened.locator("#actions").get_by_role("link", name="Report").get_attribute("href")
    assert address == f"/videos/{job_id}/report"
    opened.locator("#actions").get_by_role("link", name="Compare").click()
    opened.wait_for_url(f"**/compare?a={job_id}")


def test_a_running_job_has_nothing_to_export(page: Any, served: Api, standin: StandIn) -> None:
    job_id = enqueue(standin)
    publish(standin, SMALL)
    open_page(page, served, job_id)
    assert page.get_by_role("button", name="Export").is_disabled()


def test_a_video_is_deleted_and_restored_by_undo(opened: Any, served: Api, job_id: str) -> None:
    address = f"{served.url}/jobs/{job_id}"
    opened.get_by_role("button", name="Delete").click()
    opened.wait_for_url(f"{served.url}/")
    opened.get_by_text("“Größe & Maß.mp4” is deleted.").wait_for()
    opened.get_by_role("button", name="Undo").click()
    opened.get_by_role("link", name="Größe & Maß.mp4").click()
    opened.get_by_role("button", name="Delete").click()
    opened.get_by_text("is deleted.").wait_for()
    opened.get_by_text("No videos yet.").wait_for()
    assert requests.get(address, timeout=60).status_code == 200
    assert until(lambda: requests.get(address, timeout=60).status_code == 404)


def test_a_video_cannot_be_deleted_before_its_job_is_loaded(page: Any, served: Api, job_id: str) -> None:
    held_requests: list[Any] = []
    page.route(re.compile("/jobs/"), lambda route: held_requests.append(route))  # noqa: PLW0108  # Playwright marks its handlers
    page.goto(f"{served.url}/videos/{job_id}", wait_until="domcontentloaded")
    button = page.get_by_role("button", name="Delete")
    button.wait_for()
    assert button.is_disabled()
    assert held_requests
    page.unroute_all()  # and the held requests continue
    button.click()  # as soon as it is enabled
    page.get_by_text("is deleted.").wait_for()


def test_corrections_made_on_the_page_reach_training(
    page: Any, served: Api, film: Film, small_film: Path, tmp_path: Path
) -> None:
    open_page(page, served, film(name="film.mp4"))
    page.locator("video").evaluate("video => { video.currentTime = 1.01 }")
    page.get_by_role("button", name="Split here").click()
    page.get_by_role("heading", level=2, name="Shot 2 of 7").wait_for()
    for key in "1u":
        page.keyboard.press(key)
    page.locator("#notices").get_by_text("Shot 2: Push").wait_for()
    open_menu(page)
    (tmp_path / "film.mp4").hardlink_to(small_film)
    samples = prepared(download(page, "json", tmp_path), tmp_path, tmp_path / "from_json")
    assert samples == {"film_shot_000025-000050": ("ECS", "push")}
    clips = write_clips(tmp_path / "clips", [25, 25, 75, 25, 40, 60, 50])
    samples = prepared(download(page, "movieshots", tmp_path), clips, tmp_path / "from_movieshots")
    assert len(samples) == 7
    assert samples["film_shot_0001"] == ("ECS", "push")
    assert samples["film_shot_0000"] == ("LS", "static")


def prepared(labels: Path, clips: Path, out: Path) -> dict[str, tuple[str | None, str | None]]:
    """Let `shotlens prepare` read labels and clips; return the labels of the samples that it makes, by name."""
    assert main(["prepare", str(labels), "--clips", str(clips), "--out", str(out), "--processes", "1"]) == 0
    return {sample.name: (sample.scale, sample.movement) for sample in read_index(out)}


def write_clips(folder: Path, lengths: list[int]) -> Path:
    """Write a clip of each shot to where MovieShots has them."""
    (folder / "film").mkdir(parents=True)
    for index, length in enumerate(lengths):
        write_video(folder / "film" / f"shot_{index:04d}.mp4", shots([length]))
    return folder
