"""Writes pictures of every page, light, dark and as on a phone: `python -m tests.browser.pictures docs/pictures`.

The whole service runs for it, on films that the project draws itself.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import sync_playwright

from shotlens import Client
from tests.browser.conftest import ARGUMENTS
from tests.film import FPS, film, scene_of_two
from tests.service import Service
from tests.videos import write_video

VARIANTS = (("light", "light", 1280), ("dark", "dark", 1280), ("phone", "light", 390))
HEIGHT = 844


def main(folder: Path) -> None:
    """Run the service, upload two films, and look at each page."""
    with tempfile.TemporaryDirectory(prefix="shotlens-pictures-") as work, service(Path(work) / "data") as url:
        write_video(Path(work) / "valley.mp4", film(), fps=FPS)
        write_video(Path(work) / "two of them.mp4", film(scene_of_two()), fps=FPS)
        one, two = (Client(url).predict(Path(work) / name)["id"] for name in ("valley.mp4", "two of them.mp4"))
        requests.patch(f"{url}/jobs/{two}/shots/8", json={"scale": "MS"}, headers={"If-Match": "*"}).raise_for_status()
        pages: dict[str, tuple[str, Callable[[Any], None] | None]] = {
            "start": ("/", None),
            "video": (f"/videos/{two}", _at_a_shot),
            "compare": (f"/compare?a={one}&b={two}", None),
            "report": (f"/videos/{two}/report", None),
        }
        for name, (address, then) in pages.items():
            take(url + address, folder / name, then)


@contextmanager
def service(data: Path) -> Iterator[str]:
    """The whole service, and its address."""
    started = Service(data)
    try:
        started.wait_for("Shotlens runs at")
        yield started.url
    finally:
        started.stop()


def take(url: str, path: Path, then: Callable[[Any], None] | None) -> None:
    """Write `<path>-light.png`, `-dark.png` and `-phone.png`, each of the whole page."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for variant, scheme, width in VARIANTS:
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": HEIGHT})
            page.goto(url, wait_until="networkidle")
            if then:
                then(page)
            page.screenshot(path=f"{path}-{variant}.png", full_page=True)
        browser.close()


def _at_a_shot(page: Any) -> None:
    """Go to the ninth shot, as a person does."""
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.locator("#shots .rows").scroll_into_view_if_needed()  # so that its pictures are loaded
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # the video seeks
    page.evaluate("scrollTo(0, 0)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
