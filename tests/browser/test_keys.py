"""The page of a service that asks for a key, in a real browser: it is asked for once, and all of the page works."""

from pathlib import Path
from typing import Any

from jobs.files import Files
from jobs.keys import Keys
from jobs.record import Jobs
from tests.standin import MP4, Api, StandIn


def test_the_page_works_with_a_key_as_the_password(browser: Any, redis_url: str, jobs: Jobs, tmp_path: Path) -> None:
    key, _ = Keys(jobs.redis).add("anna")
    (tmp_path / "ad.mp4").write_bytes(MP4)
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0") as api:
        page = browser.new_page(http_credentials={"username": "", "password": key})
        page.set_default_timeout(20_000)
        page.goto(api.url)
        page.set_input_files("#file", tmp_path / "ad.mp4")
        StandIn(jobs, Files(tmp_path / "data")).whole(shots=1)
        page.locator("#summary").wait_for()
        width = "image => image.decode().then(() => image.naturalWidth)"
        assert page.locator(".shot img").first.evaluate(width) == 64
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Delete").click()
        page.locator("#choose").wait_for()
        page.close()
