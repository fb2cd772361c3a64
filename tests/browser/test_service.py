"""The page in a real browser against the whole service: real cuts, real frames, the shipped model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.film import FPS, SHOTS, film
from tests.videos import write_video

MINUTES_3 = 180_000  # ms


def upload(page: Any, url: str, video: Path) -> None:
    page.goto(url)
    page.set_input_files("#file", video)
    page.locator("#summary").wait_for(timeout=MINUTES_3)


def test_a_person_uploads_a_film_and_sees_its_shots(
    page: Any, service_url: str, tmp_path: Path, picture: Callable[[str, str], None]
) -> None:
    upload(page, service_url, write_video(tmp_path / "valley.mp4", film(), fps=FPS))
    assert page.locator(".shot").count() == len(SHOTS)
    assert page.get_by_text("not predicted yet").count() == 0
    width = "image => image.decode().then(() => image.naturalWidth)"
    assert page.locator(".shot img").first.evaluate(width) == 640
    picture(page.url, "page")
    picture(service_url, "start")


def test_a_real_film_has_the_shots_that_people_see(page: Any, service_url: str, shared: Path) -> None:
    upload(page, service_url, shared / "data/videos/agent327_480p.mp4")
    assert 60 <= page.locator(".shot").count() <= 110
