"""Functions: what a file hands to Inngest, and what takes the context without being handed over in its own file."""

from __future__ import annotations

from dataclasses import dataclass

from inngest_lint.model.body import Argument, Await, Body, Call, Hole, Return
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Origin, Record, Ref, Result
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


def elsewhere(handler: Ref, span: Span, spelling: str) -> Body:
    """A handler that another file defines: a function that hands it the context."""
    context = Argument(None, Ref(Origin.CONTEXT, ()), span)
    call = Call(span, handler, (context,), spelling, head=span)
    waited = Await(span, Result(call))
    return Body(span, None, span, (), is_async=True, block=(call, waited, Return(span, Result(waited))))


def unknown_body(span: Span) -> Body:
    """A handler that was not found."""
    return Body(span, None, span, (), is_async=False, block=(Hole(span, "handler"),))
