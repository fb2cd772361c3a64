"""What a route declares for the OpenAPI document, beside what its types and its docstring say. Knows no route."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

Piece = dict[str, Any]  # of an OpenAPI document
View = Callable[..., Any]
AnyView = TypeVar("AnyView", bound=View)
Tag = Literal["jobs", "corrections", "uploads", "media", "operation"]

_declared: dict[View, "Operation"] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no error: JSON of a model, bytes of one of several media types, or no body."""

    status: int
    description: str
    model: type[BaseModel] | None = None
    example: BaseModel | None = None  # of the model
    media_types: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # what each of them says, by name
    links: Sequence[str] = ()  # operations whose job_id is the id in this answer


@dataclass(frozen=True, slots=True)
class Operation:
    """Declares what a route does. Use it as a decorator, below the one that gives the route its address.

    Of the docstring the document makes summary and description, of the arguments' types the parts of the address.
    Do not declare the errors that every request may meet, nor those of reading a query or a body: the document knows
    them.
    """

    name: str  # the operationId
    tag: Tag
    answers: Sequence[Answer]
    errors: Mapping[int, str] = field(default_factory=dict)  # for each status a sentence that it comes with
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None  # what is sent as JSON
    content: Mapping[str, Piece] = field(default_factory=dict)  # what is sent otherwise, by media type
    headers: Sequence[Piece] = ()  # what else a client may send: `header(…)`

    def __call__(self, view: AnyView) -> AnyView:
        _declared[view] = self
        return view


def operation_of(view: View) -> Operation | None:
    """Return what a view declares; None for pages, which declare nothing."""
    return _declared.get(view)


def header(name: str, description: str, *, required: bool = False, **schema: Any) -> Piece:
    """A header that a client may send, or must."""
    schema = {"type": "string", **schema}
    return {"name": name, "in": "header", "description": description, "required": required, "schema": schema}
