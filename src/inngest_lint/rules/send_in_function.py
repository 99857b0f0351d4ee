"""Rule: an event is sent with the client instead of a step."""

from __future__ import annotations

import re
from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Argument, Await, Call, Loop, Operation, StepCall
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.handed import part
from inngest_lint.model.value import Constant, Record, Result
from inngest_lint.model.walk import everywhere
from inngest_lint.project import Occurrence, Outside, Project, way
from inngest_lint.rule import Category, Context, rule

_STEP = {Language.PYTHON: "step.send_event", Language.TYPESCRIPT: "step.sendEvent"}


@rule(
    on=InngestFunction, severity=Severity.ERROR, category=Category.EVENTS, since="0.1.0", guideline=Guideline.PRIMITIVES
)
def send_in_function(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function sends an event with the client instead of a step."""
    step = _STEP[context.language]
    for found in context.project.outside(function, Effect.SEND):
        fix = _fix(found, step, context.project) if function.created else None
        yield _finding(found.first, step, "sent again in every request that gets this far", Severity.ERROR, fix)
    # A function that takes no step is run once, and once more for each retry; a failure handler has no retries.
    if not context.project.is_durable(function.handler):
        for occurrence in context.project.effects(function.handler, Effect.SEND):
            yield _finding(occurrence, step, "sent again by every retry", Severity.WARNING)


def _finding(sent: Occurrence, step: str, label: str, severity: Severity, fix: Fix | None = None) -> Finding:
    return Finding(
        sent.call.span,
        f"`{sent.call.spelling}` sends an event outside a step",
        help=f"send it with `{step}`, which sends it once",
        label=label,
        notes=way(sent, "the event is sent here"),
        severity=severity,
        fix=fix,
    )


def _fix(found: Outside, step: str, project: Project) -> Fix | None:
    """The step instead, for one event that is awaited in the handler itself; its id is made of the event's name."""
    call, entry = found.call, found.body
    sent, method = _sent(call), project.client_method(call)
    tools, operations = part(entry, "step"), tuple(everywhere(entry.block))
    if sent is None or tools is None or call.head is None or len(found.first.path) > 1:
        return None
    if method != ("send" if entry.is_async else "send_sync") or not _is_plain(call, operations, entry.is_async):
        return None
    id_ = f"send-{re.sub(r'[^a-z0-9]+', '-', sent.lower())}"
    alike = sum(isinstance(other, Call) and _sent(other) == sent for other in operations)
    if alike > 1 or any(_is_id(other, id_) for other in operations):
        return None
    edits = (
        *tools.asking,
        Edit(call.head, f"{tools.text}.{step.removeprefix('step.')}"),
        Edit(call.arguments[0].span.at_start(), f'"{id_}", '),
    )
    return Fix("Send it in a step, again for runs in flight", edits, Applicability.UNSAFE)


def _sent(call: Call) -> str | None:
    """The name of the one event that a call is given."""
    match call.arguments:
        case (Argument(name=None, spread=False, value=Result(of=Call() as made, path=())),):
            given = made.argument("name")
            name = given.value if given is not None else None
        case (Argument(name=None, spread=False, value=Record() as record),):
            entry = record.get("name")
            name = entry.value if entry is not None else None
        case _:
            return None
    return name.value if isinstance(name, Constant) and isinstance(name.value, str) else None


def _is_plain(call: Call, operations: tuple[Operation, ...], is_async: bool) -> bool:  # noqa: FBT001
    """Whether a call is made once in a run, and awaited where that is possible."""
    is_repeated = any(isinstance(other, Loop) and other.span.contains(call.span) for other in operations)
    is_awaited = any(isinstance(o, Await) and isinstance(o.value, Result) and o.value.of is call for o in operations)
    return not is_repeated and is_awaited == is_async


def _is_id(operation: Operation, id_: str) -> bool:
    return isinstance(operation, StepCall) and operation.id is not None and operation.id.value == Constant(value=id_)
