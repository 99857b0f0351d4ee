"""Rule: a handler is written for another release of the SDK."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Body, Parameter, StepCall
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.walk import everywhere
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule

_CONTEXT_ALONE = (0, 5)
_INSTANCES = frozenset({"cls", "self"})


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.SDK,
    since="0.1.0",
)
def sdk_version_mismatch(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A handler takes the step tools as an argument, which the installed SDK does not pass."""
    for handler in context.project.entries(function):
        step = _step_parameter(handler, context.project)
        if step is None:
            continue
        sdk = context.project.sdk(function.span.file)
        if sdk is not None and sdk.release >= _CONTEXT_ALONE:
            yield Finding(
                step.span,
                f"`inngest` {sdk} calls a handler with the context alone",
                help=f"take the context alone and write `{_context_name(handler)}.step` for `{step.name}`",
                label=f"nothing is passed for this; `{sdk.file}` asks for `inngest` {sdk}",
            )


def _positional(handler: Body) -> tuple[Parameter, ...]:
    given = handler.parameters
    if handler.owner is not None and given and given[0].name in _INSTANCES:
        given = given[1:]
    return tuple(parameter for parameter in given if not parameter.spread)


def _step_parameter(handler: Body, project: Project) -> Parameter | None:
    """The second parameter, where a call without it fails and where it is meant for the step tools."""
    parameters = _positional(handler)
    if len(parameters) < 2 or parameters[1].default is not None:
        return None
    # A decorator may pass something else there: a session, a client.
    second = parameters[1]
    is_typed = second.type is not None and project.are_step_tools(second.type, second.span.file)
    is_named = second.name == "step" or is_typed
    return second if is_named or _takes_steps_of(handler, second.name) else None


def _takes_steps_of(handler: Body, name: str) -> bool:
    operations = everywhere(handler.block)
    return any(isinstance(step, StepCall) and step.spelling.startswith(f"{name}.") for step in operations)


def _context_name(handler: Body) -> str:
    return _positional(handler)[0].name
