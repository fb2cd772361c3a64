"""/healthz and /readyz."""

import shutil

from flask.testing import FlaskClient

from shotlens.storage.files import Files
from tests.api.conftest import NOWHERE, MakeApp, json_of


def test_a_service_with_all_it_needs_is_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_without_redis_it_lives_but_is_not_ready(make_app: MakeApp) -> None:
    client = make_app(redis_url=NOWHERE).test_client()

    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert (response.status_code, response.content_type) == (503, "application/problem+json")
    assert json_of(response)["detail"] == "Redis does not answer."


def test_without_its_data_folder_it_is_not_ready(client: FlaskClient, files: Files) -> None:
    shutil.rmtree(files.data)
    files.data.write_text("a file where the folder was")

    response = client.get("/readyz")

    assert response.status_code == 503
    assert json_of(response)["detail"] == "The data folder cannot be written."
