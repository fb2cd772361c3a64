"""What was written of a job is given again until something of the job is another."""

from flask.testing import FlaskClient

from api.written import LARGEST, MOST_KEPT, Written
from tests.api.conftest import Send
from tests.standin import StandIn


def test_the_same_version_is_written_once() -> None:
    written, made = Written(), iter(["first", "second"])
    texts = [written.get("a", version, lambda: next(made)) for version in (1, 1, 2, 2)]
    assert texts == ["first", "first", "second", "second"]


def test_few_and_small_texts_are_kept() -> None:
    written = Written()
    for number in range(MOST_KEPT + 1):
        written.get(str(number), 1, lambda: "old")
    assert [written.get(job, 1, lambda: "new") for job in ("1", "0")] == ["old", "new"]
    large = [written.get("large", 1, lambda text=text: text * (LARGEST + 1)) for text in "ab"]  # type: ignore[misc]
    assert [text[0] for text in large] == ["a", "b"]


def test_each_change_of_a_job_is_seen_at_once(client: FlaskClient, send: Send, standin: StandIn) -> None:
    job_id = send().json["id"]  # type: ignore[index]
    seen = []

    def look() -> None:
        answer = client.get(f"/jobs/{job_id}").json
        assert answer
        predicted = sum(shot["movement"] is not None for shot in answer["shots"])
        seen.append((answer["state"], len(answer["shots"]), predicted))

    look()
    standin.begin()
    look()
    standin.publish(0)
    look()
    standin.publish(1)  # the same progress again
    look()
    standin.predict_next()
    look()
    standin.finish_split(2)
    look()
    standin.predict_next()
    look()
    assert seen[0][0] == "queued"
    assert [counts for _, *counts in seen] == [[0, 0], [0, 0], [1, 0], [2, 0], [2, 1], [2, 1], [2, 2]]
    assert seen[-1][0] == "done"
