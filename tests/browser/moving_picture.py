"""Write a moving picture of the page at work: `python -m tests.browser.moving_picture docs/pictures/page.webp`.

The whole service runs, with a film that the project draws itself. A video is sent, its shots appear, it is played, a
shot is corrected, and the menu of exports opens.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import sync_playwright

from testkit.film import scene_of_two, write_film
from tests.browser.conftest import ARGUMENTS
from tests.browser.pictures import service

WIDTH, HEIGHT = 1200, 800  # of the window
SIZE = (900, 600)  # of the picture
QUALITY = [cv2.IMWRITE_WEBP_QUALITY, 70]
SHORT, LONG = 250, 1500  # milliseconds that a frame is shown
MOST_WHILE_IT_RUNS = 12  # frames until the video is done


class Recorder:
    """What a page showed, as the frames of an animation."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._frames: list[NDArray[np.uint8]] = []
        self._milliseconds: list[int] = []

    def add(self, milliseconds: int) -> None:
        """Add what the page shows now, or show the last frame for longer if nothing has changed."""
        shown = cv2.imdecode(np.frombuffer(self._page.screenshot(), np.uint8), cv2.IMREAD_COLOR)
        assert shown is not None
        frame = np.asarray(cv2.resize(shown, SIZE, interpolation=cv2.INTER_AREA), np.uint8)
        if self._frames and np.array_equal(frame, self._frames[-1]):
            self._milliseconds[-1] = max(self._milliseconds[-1], milliseconds)
            return
        self._frames.append(frame)
        self._milliseconds.append(milliseconds)

    def write(self, path: Path) -> None:
        """Write the animation, which repeats without end."""
        animation = cv2.Animation()
        animation.frames, animation.durations, animation.loop_count = self._frames, self._milliseconds, 0
        assert cv2.imwriteanimation(str(path), animation, QUALITY)


def main(path: Path) -> None:
    """Run the service, and record one session."""
    with tempfile.TemporaryDirectory(prefix="shotlens-picture-") as work:
        video = write_film(Path(work) / "two of them.mp4", scene_of_two()[2:10])
        with service(Path(work) / "data") as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.set_default_timeout(600_000)  # of a machine with other work to do
            recorder = Recorder(page)
            page.goto(url, wait_until="networkidle")
            recorder.add(LONG)
            _send(page, video, recorder)
            _play(page, recorder)
            _correct(page, recorder)
            page.get_by_role("button", name="Export").click()
            recorder.add(2 * LONG)
            browser.close()
        recorder.write(path)


def _send(page: Any, video: Path, recorder: Recorder) -> None:
    """Send the video, and watch its shots appear on its page, which opens by itself."""
    page.set_input_files("#file", video)
    recorder.add(SHORT)
    page.wait_for_url("**/videos/*")
    for _ in range(MOST_WHILE_IT_RUNS):
        recorder.add(SHORT)
        page.wait_for_timeout(300)
    page.get_by_role("heading", name="At a glance").wait_for()
    recorder.add(LONG)


def _play(page: Any, recorder: Recorder) -> None:
    """Play the beginning, a quarter of a second at a time, however fast this machine is."""
    for moment in range(16):
        page.locator("video").evaluate("(video, at) => { video.currentTime = at }", moment / 4)
        page.wait_for_timeout(400)
        recorder.add(SHORT)


def _correct(page: Any, recorder: Recorder) -> None:
    """Go to the seventh shot by the keyboard, and set its scale by hand."""
    for _ in range(5):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(600)
        recorder.add(2 * SHORT)
    page.keyboard.press("1")
    page.get_by_text("1 shot set by hand").wait_for()
    recorder.add(LONG)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
