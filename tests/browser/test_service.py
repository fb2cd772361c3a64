"""The pages of the whole service: real cuts, real frames, the shipped model."""

from pathlib import Path
from typing import Any

from testkit.film import SHOTS, write_film

MINUTES_3 = 180_000  # ms


def upload(page: Any, url: str, video: Path) -> list[Any]:
    """Upload a video, wait on its page until it is done, and return its shots."""
    page.goto(url)
    page.set_input_files("#file", video)
    page.wait_for_url("**/videos/*")
    page.get_by_role("heading", name="At a glance").wait_for(timeout=MINUTES_3)
    job_id = page.url.rsplit("/", 1)[1]
    return list(page.request.get(f"{url}/jobs/{job_id}").json()["shots"])


def test_a_person_uploads_a_film_and_sees_its_shots(page: Any, service_url: str, tmp_path: Path) -> None:
    shots = upload(page, service_url, write_film(tmp_path / "valley.mp4"))
    assert len(shots) == len(SHOTS)
    assert all(shot["scale"] and shot["movement"] for shot in shots)
    page.get_by_role("link", name="Videos").click()
    poster = page.get_by_role("listitem").filter(has_text="valley.mp4").locator("img").first
    assert poster.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640


def test_a_real_film_has_the_shots_that_people_see(page: Any, service_url: str, shared: Path) -> None:
    assert 60 <= len(upload(page, service_url, shared / "data/videos/agent327_480p.mp4")) <= 110
