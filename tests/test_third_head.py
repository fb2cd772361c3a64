"""A third head is one entry in the table of heads: results, corrections, CSV and OTIO have it without another change.

The service runs in a process of its own, where the entry is added before anything else is imported.
`tests/browser/test_heads.py` tests the page.
"""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIGHT = """
from shotlens.shots.heads import HEADS, Head, Label
labels = (Label("bright", "Bright", "lit from all sides", "b"), Label("dark", "Dark", "hardly lit", "d"))
HEADS["light"] = Head("light", "Light", labels, rank=2, network="lamp")
"""
# One job by the stand-in for the cutting worker and the model worker, and by a worker of the third head.
PROGRAM = f"""
{LIGHT}
import json, sys
from pathlib import Path
from api.app import create_app
from api.services import EXTENSION
from api.settings import ApiSettings
from jobs.claim import Claim
from jobs.queue import Queue
from jobs.record import Jobs
from shotlens.shots.shot import Prediction
from shotlens.storage.files import Files
from testkit.standin import MP4, StandIn

app = create_app(ApiSettings(redis_url=sys.argv[1], data=Path(sys.argv[2]), spare_bytes=0))
client, services = app.test_client(), app.extensions[EXTENSION]
job = client.post("/predict", data=MP4, content_type="video/mp4").json["id"]
StandIn(services.jobs, services.files).whole(shots=2)
answers = {{"predicting": client.get(f"/jobs/{{job}}").json}}
lamp = Queue(services.redis, "predict:lamp", lease=60)
lamp.make_group()
for probabilities in ({{"bright": 0.75, "dark": 0.25}}, {{"bright": 0.125, "dark": 0.875}}):
    claim = lamp.take(block=5)
    first = int(claim.fields["shots"])
    word = {{first: {{"light": Prediction(probabilities, uncertain=first > 0)}}}}
    services.jobs.finish_predict(claim, word, {{"name": "lamp-1", "sha256": "1"}}, network="lamp")
answers["done"] = client.get(f"/jobs/{{job}}").json
for form in ("csv", "otio", "edl", "eaf", "vtt"):
    answers[form] = client.get(f"/jobs/{{job}}/export?format={{form}}").text
answers["selected"] = client.get(f"/jobs/{{job}}/export?format=json&light=dark").json
etag = client.get(f"/jobs/{{job}}").headers["ETag"]
answer = client.patch(f"/jobs/{{job}}/shots/0", json={{"light": "dark"}}, headers={{"If-Match": etag}})
answers["corrected"] = answer.json
answers["refused"] = client.patch(f"/jobs/{{job}}/shots/0", json={{"light": "dim"}}, headers={{"If-Match": "*"}}).json
answers["document"] = client.get("/openapi.json").json
answers["metrics"] = client.get("/metrics").text
answers["page"] = client.get(f"/videos/{{job}}").text
print(json.dumps(answers))
"""


@pytest.fixture(scope="module")
def answers(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The answers of a service whose table has a third head, with a database of its own."""
    command = [sys.executable, "-c", PROGRAM, f"{redis_url}?db=3", str(tmp_path_factory.mktemp("third"))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    answers: dict[str, Any] = json.loads(run.stdout)
    return answers


def test_a_job_waits_for_the_predictions_of_the_third_head(answers: dict[str, Any]) -> None:
    waiting = answers["predicting"]
    assert waiting["state"] == "predicting"
    assert [(shot["scale"]["label"], shot["light"]) for shot in waiting["shots"]] == [("MS", None)] * 2
    assert answers["done"]["state"] == "done"


def test_it_is_in_the_result_as_the_others(answers: dict[str, Any]) -> None:
    first, second = answers["done"]["shots"]
    assert first["light"] == {
        "label": "bright",
        "confidence": 0.75,
        "uncertain": False,
        "probabilities": {"bright": 0.75, "dark": 0.25},
    }
    assert (second["light"]["label"], second["light"]["uncertain"]) == ("dark", True)
    assert answers["done"]["summary"]["light"] == {"bright": 1, "dark": 1}
    assert answers["done"]["model"]["name"] == "stand-in"


def test_it_is_corrected_and_checked_as_the_others(answers: dict[str, Any]) -> None:
    assert answers["corrected"]["shots"][0]["corrected"] == {"light": "dark"}
    assert answers["corrected"]["summary"]["light"] == {"dark": 2}
    assert "'bright' or 'dark'" in answers["refused"]["detail"]


def test_it_has_columns_in_csv(answers: dict[str, Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(answers["csv"])))
    assert [(row["light"], row["light_confidence"], row["light_uncertain"]) for row in rows] == [
        ("bright", "0.75", "0"),
        ("dark", "0.875", "1"),
    ]


def test_it_is_in_otio_and_the_other_formats(answers: dict[str, Any]) -> None:
    [track] = json.loads(answers["otio"])["tracks"]["children"]
    first = track["children"][0]
    assert first["markers"][0]["name"] == "MS static bright"
    assert first["metadata"]["shotlens"]["light"]["label"] == "bright"
    assert "light dark 0.88 uncertain" in answers["edl"]
    assert '<TIER TIER_ID="light"' in answers["eaf"]
    assert "MS static dark" in answers["vtt"]


def test_shots_are_selected_by_it(answers: dict[str, Any]) -> None:
    assert [shot["index"] for shot in answers["selected"]["shots"]] == [1]


def test_it_is_in_the_document_and_the_metrics(answers: dict[str, Any]) -> None:
    schemas = answers["document"]["components"]["schemas"]
    assert "light" in schemas["ShotResult"]["properties"]
    assert schemas["Labels"]["properties"]["light"]["anyOf"][0]["enum"] == ["bright", "dark"]
    assert 'shotlens_queue_entries{stream="predict:lamp"} 0.0' in answers["metrics"]


def test_it_is_on_the_page(answers: dict[str, Any]) -> None:
    assert "lit from all sides" in answers["page"]
