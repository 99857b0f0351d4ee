"""Functions: what a file hands to Inngest, and what takes the context without being handed over in its own file."""

from __future__ import annotations

from dataclasses import dataclass

from inngest_lint.model.body import Body, Hole
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Record
from inngest_lint.text import Span


@dataclass(frozen=True, slots=True)
class Handled:
    """A function that Inngest is to call, under the name the code gives it there."""

    body: Body
    name: str
    span: Span


def uncreated_function(body: Body) -> InngestFunction:
    """A function that takes the context and is handed to Inngest, or called by a handler, in another file."""
    return InngestFunction(
        span=body.name_span,
        name=body.name or "",
        id=None,
        triggers=(),
        settings=Record((), complete=False),
        handler=body,
        created=False,
    )


def unknown_body(span: Span) -> Body:
    """A handler that was not found."""
    return Body(span, None, span, (), is_async=False, block=(Hole(span, "handler"),))
