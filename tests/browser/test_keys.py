"""The pages of a service with access keys: the browser asks for a key once, and then all of the page works."""

import re
from pathlib import Path
from typing import Any

from jobs.access_keys import AccessKeys
from jobs.record import Jobs
from shotlens.storage.files import Files
from testkit.standin import MP4, Api, StandIn
from testkit.waiting import until


def test_the_page_works_with_a_key_as_the_password(browser: Any, redis_url: str, jobs: Jobs, tmp_path: Path) -> None:
    key, _ = AccessKeys(jobs.redis).add("anna")
    (tmp_path / "ad.mp4").write_bytes(MP4)
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0") as api:
        page = browser.new_page(http_credentials={"username": "", "password": key})
        page.set_default_timeout(60_000)
        pieces: list[str] = []
        page.on("request", lambda request: pieces.append(request.url) if request.method == "PATCH" else None)
        page.goto(api.url)
        page.set_input_files("#file", tmp_path / "ad.mp4")
        page.wait_for_url("**/videos/*")
        assert [url.rpartition("/")[0] for url in pieces] == [f"{api.url}/uploads"]
        job_id = StandIn(jobs, Files(tmp_path / "data")).whole(shots=1)
        page.goto(api.url)
        poster = page.get_by_role("listitem").filter(has_text="ad.mp4").locator("img")
        assert poster.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64
        page.get_by_role("button", name="Delete ad.mp4").click()
        assert until(lambda: not jobs.exists(job_id))
        page.close()


def test_the_page_says_when_its_key_is_revoked(browser: Any, redis_url: str, jobs: Jobs, tmp_path: Path) -> None:
    shown, key = AccessKeys(jobs.redis).add("anna")
    (tmp_path / "ad.mp4").write_bytes(MP4)
    with Api(redis_url, tmp_path / "data", SHOTLENS_SPARE_BYTES="0") as api:
        page = browser.new_page(http_credentials={"username": "", "password": shown})
        page.goto(api.url)
        page.get_by_text("No videos yet.").wait_for()
        AccessKeys(jobs.redis).add("berta")
        AccessKeys(jobs.redis).revoke(key.id)
        page.get_by_role("alert").get_by_text("This key is unknown here, or it was revoked").wait_for()
        page.set_input_files("#file", tmp_path / "ad.mp4")
        # The browser has forgotten the key since that response, so the next request may get another message.
        refusal = re.compile("This key is unknown here|This service asks for a key")
        page.get_by_role("listitem").filter(has_text="ad.mp4").get_by_text(refusal).wait_for()
        page.close()
