"""Events: where in a reference the data of an event ends."""

from __future__ import annotations

from inngest_lint.model.value import EACH, Origin, Ref


def end_of_data(ref: Ref) -> int | None:
    """How many hops lead to the data of the event, or of one of the events; None where a reference does not."""
    if ref.origin is not Origin.CONTEXT:
        return None
    match ref.path:
        case ("event", "data", *_):
            return 2
        case ("events", one, "data", *_) if one == EACH or one.lstrip("-").isdigit():
            return 3
    return None
