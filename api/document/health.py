"""What the document says of the addresses that tell whether the service lives."""

from api.document.parts import Piece, answer, problems


def paths() -> Piece:
    """The operations by address and method."""
    alive, ready = answer("It answers.", "Health"), answer("It takes videos.", "Health")
    return {
        "/healthz": {"get": _operation("alive", "Say that the process answers", {"200": alive})},
        "/readyz": {
            "get": _operation(
                "ready", "Say whether videos can be taken", {"200": ready, **problems(s503="Redis does not answer.")}
            )
        },
    }


def _operation(name: str, summary: str, responses: Piece) -> Piece:
    return {"operationId": name, "summary": summary, "tags": ["operation"], "responses": responses}
