"""Parameters: what an argument becomes in the function that is called."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.model.body import Argument, Body, Call, Parallel, StepCall
from inngest_lint.model.dataflow import Flow, flows
from inngest_lint.model.value import Ref
from inngest_lint.model.walk import everywhere, walk

# By convention the first parameter of a method; one without it is static.
_INSTANCE = (["self"], ["cls"])


def received_by(call: Call, argument: Argument, callee: Body) -> str | None:
    """The name of the parameter that an argument is given for; None where that is not known."""
    names = [parameter.name for parameter in callee.parameters if not parameter.spread]
    if argument.name is not None:
        return argument.name if argument.name in names else None
    if callee.owner is not None and names[:1] in _INSTANCE:
        names = names[1:]
    place = call.arguments.index(argument)
    if any(before.spread for before in call.arguments[: place + 1]) or place >= len(names):
        return None
    return names[place]


def runs_parameter(body: Body, name: str) -> bool:
    """Whether a function calls what it is given for a parameter, and takes no step that might do it in its place."""
    if any(isinstance(operation, (StepCall, Parallel)) for operation in everywhere(body.block)):
        return False
    # The target of a call of an annotated parameter begins with its type.
    return any(isinstance(operation, Call) and operation.spelling == name for operation in walk(body.block))


def parameter_flows(body: Body, name: str) -> Iterator[Flow]:
    """The uses that a function makes of one of its parameters."""
    return flows(body, lambda source: isinstance(source, Ref) and source.is_variable and source.name == name)
