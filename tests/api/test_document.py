"""The OpenAPI document: it is complete and valid, and the service does what it says for generated requests."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

import shotlens
from api.app import PARTS
from api.jobs import events
from api.openapi.document import document
from jobs.record import Jobs
from shotlens.shots.heads import HEADS, Head
from testkit.standin import MP4, StandIn
from tests.api.conftest import MakeApp, Send, json_of

PAGES = {"/", "/videos/<job_id>", "/videos/<job_id>/report", "/compare", "/docs"}
UNDOCUMENTED = {*PAGES, "/openapi.json", "/static/<path:filename>"}  # for people, and the document itself
EXAMPLES = 30  # of each operation: some seconds in all

# No schema can say that bytes are a video, so all bodies here are one; `test_uploads.py` sends others.
schemathesis.openapi.media_type("video/mp4", st.just(MP4))
schemathesis.openapi.media_type("application/offset+octet-stream", st.just(MP4))
# The document allows a range behind the end of a file, an invalid range, and an upload of more bytes than this service
# accepts; the service refuses all three.
REFUSED = ["400", "401", "404", "405", "409", "412", "413", "415", "416", "422", "428", "429"]
STATUSES = {
    "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "401", "404", "409", "412", "413", "416", "429"]},
    "negative_data_rejection": {"expected-statuses": REFUSED},
}


def _documented() -> Any:
    """The document of the routes alone: they need neither Redis nor a folder."""
    app = Flask("routes")
    for part in PARTS:
        app.register_blueprint(part.blueprint)
    return document(app)


DOCUMENT = _documented()
CONFIG = schemathesis.Config.from_dict({"checks": STATUSES})
# Schemathesis leaves the answers of a WSGI application open.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"),
]
REQUESTS = [
    (path, method, mode)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    for mode in GenerationMode
    # An address that takes no parameters has no invalid request.
    if mode is GenerationMode.POSITIVE or {"parameters", "requestBody"} & set(operation)
]

CORRECTIONS = [
    (path, method)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if operation["tags"] == ["corrections"]
]


@schemathesis.hook
def before_call(_: Any, case: schemathesis.Case[Any], __: Any) -> None:
    """Add what no schema can say: each request has a new key, and callbacks go to an allowed host."""
    if "callback" in case.query and len(str(case.query["callback"])) <= 2000:
        case.query["callback"] = "https://example.org/told"
    if isinstance(key := case.headers.get("Idempotency-Key"), str) and re.fullmatch(r"[\x21-\x7e]{1,255}", key):
        case.headers["Idempotency-Key"] = uuid4().hex


@pytest.fixture
def arrange(send: Send, standin: StandIn, jobs: Jobs) -> Callable[[], None]:
    """Start from an empty database, with a job in each state."""

    def arranged() -> None:
        jobs.redis.flushdb()
        standin.split.make_group()
        standin.predict.make_group()
        for _ in range(2):
            send()
        standin.whole()
        standin.begin()
        standin.fail("The file holds no video, only sound.")

    return arranged


@pytest.fixture
def schema(make_app: MakeApp, arrange: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Any:
    """The document as the service sends it; no request waits."""
    monkeypatch.setattr(events, "STREAM_SECONDS", 0.0)
    arrange()
    return schemathesis.openapi.from_wsgi(
        "/openapi.json", make_app(max_wait=0, webhook_hosts="example.org", webhook_secret="x"), config=CONFIG
    )


@pytest.mark.parametrize(("path", "method", "mode"), REQUESTS)
def test_the_service_does_what_the_document_says(schema: Any, path: str, method: str, mode: GenerationMode) -> None:
    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate()

    ask()


@pytest.mark.parametrize(("path", "method"), CORRECTIONS)
def test_a_finished_job_is_corrected_as_the_document_says(
    schema: Any, client: FlaskClient, path: str, method: str
) -> None:
    """A generated id belongs to no job; here each request names the finished job and the version that it corrects."""
    [job] = json_of(client.get("/jobs?state=done"))["jobs"]

    @given(case=schema[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case[Any]) -> None:
        case.path_parameters["job_id"] = job["id"]
        if "shot" in case.path_parameters:
            case.path_parameters["shot"] %= 4  # one more than there are
        case.headers["If-Match"] = "*"
        # No schema can say that a frame lies within its shot.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    ask()


def test_sequences_of_requests_go_as_the_document_says(schema: Any, arrange: Callable[[], None]) -> None:
    """Jobs are made, read, watched and deleted in any order, by the links of the document."""

    class Client(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            arrange()

    Client.run(
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=6,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
    )


def test_every_route_is_documented(app: Flask) -> None:
    routes = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    addresses = {
        (_address(rule), method.lower())
        for rule, method in routes
        if rule not in UNDOCUMENTED and method not in ("HEAD", "OPTIONS")
    }

    assert addresses == {(path, method) for path, item in DOCUMENT["paths"].items() for method in item}


def _address(rule: str) -> str:
    return rule.replace("<int:", "{").replace("<", "{").replace(">", "}")


def test_every_operation_has_a_name_a_summary_and_its_errors() -> None:
    operations = [operation for item in DOCUMENT["paths"].values() for operation in item.values()]

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert operation["summary"] and operation["tags"]
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert answer["content"]["application/problem+json"]["example"]["status"] == int(status)


def test_the_document_is_that_of_this_version(client: FlaskClient) -> None:
    assert client.get("/openapi.json").json == DOCUMENT
    assert DOCUMENT["info"]["version"] == shotlens.__version__


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_every_head_is_selected_reported_and_corrected_by_its_name(head: Head) -> None:
    schemas, export = DOCUMENT["components"]["schemas"], DOCUMENT["paths"]["/jobs/{job_id}/export"]["get"]
    [chosen] = [parameter for parameter in export["parameters"] if parameter["name"] == head.name]

    assert chosen["schema"]["items"]["enum"] == list(head.names)
    assert head.name in schemas["ShotResult"]["required"]
    assert (head.name in schemas["Labels"]["properties"]) == head.correctable


def test_the_pages_show_the_document_from_files_of_their_own(client: FlaskClient) -> None:
    page = client.get("/docs")

    assert page.status_code == 200
    assert "http" not in page.text.replace("http-equiv", "")
    for source in ("vendor/swagger-ui/swagger-ui-bundle.js", "vendor/swagger-ui/swagger-ui.css", "docs.js"):
        assert f"/static/{source}" in page.text
        with client.get(f"/static/{source}") as file:
            assert file.status_code == 200
