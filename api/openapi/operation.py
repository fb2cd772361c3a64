"""What a route declares for the OpenAPI document, besides its types and its docstring. Knows no route."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

JsonObject = dict[str, Any]  # a part of an OpenAPI document
View = Callable[..., Any]
AnyView = TypeVar("AnyView", bound=View)
Tag = Literal["jobs", "corrections", "uploads", "media", "operation"]

_declared: dict[View, "Operation"] = {}


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that is not an error: JSON of a model, bytes of one of several media types, or no body."""

    status: int
    description: str
    model: type[BaseModel] | None = None
    example: BaseModel | None = None  # of the model
    media_types: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)  # descriptions by name
    links: Sequence[str] = ()  # operations whose job_id is the id in this response


@dataclass(frozen=True, slots=True)
class Operation:
    """Declares what a route does. Use it as a decorator, below the one that gives the route its address.

    The document takes the summary and the description from the docstring, and the parameters in the address from the
    types of the arguments. Do not declare errors that every request may get, or those of reading a query or a body: the
    document adds them.
    """

    name: str  # the operationId
    tag: Tag
    answers: Sequence[Answer]
    errors: Mapping[int, str] = field(default_factory=dict)  # an example of the sentence, by status
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None  # of the request, if it is JSON
    content: Mapping[str, JsonObject] = field(default_factory=dict)  # other request bodies, by media type
    headers: Sequence[JsonObject] = ()  # of the request: `header(…)`

    def __call__(self, view: AnyView) -> AnyView:
        _declared[view] = self
        return view


def operation_of(view: View) -> Operation | None:
    """Return the operation that a view declares; None for pages, which declare none."""
    return _declared.get(view)


def header(name: str, description: str, *, required: bool = False, **schema: Any) -> JsonObject:
    """Declare a request header."""
    schema = {"type": "string", **schema}
    return {"name": name, "in": "header", "description": description, "required": required, "schema": schema}
