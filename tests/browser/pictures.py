"""Write pictures of every page, light, dark and on a phone: `python -m tests.browser.pictures docs/pictures`.

The whole service runs, with films that the project draws itself.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import requests
from playwright.sync_api import sync_playwright

from shotlens import Client
from testkit.film import scene_of_two, write_film
from testkit.service import Service
from tests.browser.conftest import ARGUMENTS

Scheme = Literal["light", "dark"]

# The name of each variant, its colour scheme, and the width and height of its window.
VARIANTS: tuple[tuple[str, Scheme, int, int], ...] = (
    ("light", "light", 1280, 960),
    ("dark", "dark", 1280, 960),
    ("phone", "light", 390, 844),
)
QUALITY = [cv2.IMWRITE_WEBP_QUALITY, 90]


def main(folder: Path) -> None:
    """Run the service, upload two films, and take pictures of each page."""
    with tempfile.TemporaryDirectory(prefix="shotlens-pictures-") as work, service(Path(work) / "data") as url:
        write_film(Path(work) / "valley.mp4")
        write_film(Path(work) / "two of them.mp4", scene_of_two())
        one, two = (Client(url).predict(Path(work) / name)["id"] for name in ("valley.mp4", "two of them.mp4"))
        requests.patch(f"{url}/jobs/{two}/shots/6", json={"scale": "FS"}, headers={"If-Match": "*"}).raise_for_status()
        pages: dict[str, tuple[str, Callable[[Any], None]]] = {
            "start": ("/", lambda page: None),
            "video": (f"/videos/{two}", lambda page: _at_a_shot(page, ".top")),
            "figures": (f"/videos/{two}", lambda page: _at_a_shot(page, "#figures")),
            "shots": (f"/videos/{two}", lambda page: _at_a_shot(page, "#shots")),
            "compare": (f"/compare?a={one}&b={two}", lambda page: None),
            "report": (f"/videos/{two}/report", lambda page: None),
        }
        for name, (address, then) in pages.items():
            take(url + address, folder / name, then)


@contextmanager
def service(data: Path) -> Iterator[str]:
    """Run the whole service; yields its address."""
    started = Service(data)
    try:
        started.wait_for("Shotlens runs at")
        yield started.url
    finally:
        started.stop()


def take(url: str, path: Path, then: Callable[[Any], None]) -> None:
    """Write `<path>-light.webp`, `-dark.webp` and `-phone.webp`: what the window shows after `then`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for variant, scheme, width, height in VARIANTS:
            page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height})
            page.goto(url, wait_until="networkidle")
            then(page)
            shown = cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
            assert shown is not None
            cv2.imwrite(f"{path}-{variant}.webp", shown, QUALITY)
        browser.close()


def _at_a_shot(page: Any, selector: str) -> None:
    """Go to the seventh shot by the keyboard, and scroll to a part of the page."""
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.locator(selector).evaluate("element => element.scrollIntoView()")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # for the video to seek and the pictures to be decoded


if __name__ == "__main__":
    main(Path(sys.argv[1]))
