"""Hidden: what a body may do out of sight with the step tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.model.body import Call, Hole, StepCall
from inngest_lint.model.value import Origin, Ref
from inngest_lint.model.walk import everywhere, members

if TYPE_CHECKING:
    from inngest_lint.model.body import Body
    from inngest_lint.project import Project

_STEPS = ((), ("step",))
# What the context has besides the step tools takes no step.
_TOOLS = frozenset({"step", "group"})


def hides_steps(body: Body, project: Project) -> bool:
    """Whether a body or its helpers do something unknown, or hand steps or the step tools to something unknown."""
    written = (operation for reached in project.reachable(body) for operation in everywhere(reached.block))
    if any(isinstance(operation, StepCall) for operation in written):
        return True
    return any(
        isinstance(operation, Hole) or (isinstance(operation, Call) and _may_take_steps(operation, project))
        for operation in project.running(body)
    )


def _may_take_steps(call: Call, project: Project) -> bool:
    if project.callee(call) is not None:
        return False
    if isinstance(call.target, Ref) and call.target.origin is Origin.CONTEXT and call.target.name in _TOOLS:
        return True
    parts = (part for argument in call.arguments for part in members(argument.value))
    return any(isinstance(part, Ref) and part.origin is Origin.CONTEXT and part.path in _STEPS for part in parts)
