"""What the document says of the addresses that tell whether the service lives."""

from api.openapi.parts import Piece, answer, binary, problems

NO_QUEUE = problems(s503="The job queue does not answer. Try again in a minute.")


def paths() -> Piece:
    """The operations by address and method."""
    alive, ready = answer("It answers.", "Health"), answer("It takes videos.", "Health")
    scraped = binary("What waits and what was done, in Prometheus' text format.", "text/plain")
    return {
        "/metrics": {
            "get": _operation("metrics", "Tell a scraper what waits and what was done", {"200": scraped, **NO_QUEUE})
        },
        "/healthz": {"get": _operation("alive", "Say that the process answers", {"200": alive})},
        "/readyz": {
            "get": _operation(
                "ready", "Say whether videos can be taken", {"200": ready, **problems(s503="Redis does not answer.")}
            )
        },
    }


def _operation(name: str, summary: str, responses: Piece) -> Piece:
    return {"operationId": name, "summary": summary, "tags": ["operation"], "responses": responses}
