"""Rule: a failure handler reads the event that reports the failure as if it was the one that failed."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.body import Body, Call, Operation
from inngest_lint.model.events import end_of_data, place_of_read
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.model.value import CALLS, EACH, Constant, Opaque, Origin, Ref
from inngest_lint.model.walk import everywhere, members, refs_in, values
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_FAILED = "inngest/function.failed"
_HELD = frozenset({"_inngest", "correlation_id", "error", "event", "events", "function_id", "result", "run_id"})
_ORIGINAL = ("event", "data", "event")
_GET = "get"
_METHODS = (frozenset(dir(dict)) | CALLS | {EACH, "hasOwnProperty", "toString"}) - {"data"}
_WHERE = {
    Language.PYTHON: '`ctx.event.data["event"]["data"]`',
    Language.TYPESCRIPT: "`event.data.event.data`",
}
_BECOMES = {Language.PYTHON: "a `KeyError` is raised here", Language.TYPESCRIPT: "`undefined` here"}
_INSERTED = {Language.PYTHON: '["event"]["data"]', Language.TYPESCRIPT: ".event.data"}


@rule(on=Module, severity=Severity.ERROR, category=Category.ERRORS, since="0.2.0")
def failure_handler_event_shape(module: Module, context: Context) -> Iterator[Finding]:
    """A failure handler reads a field of the failed event where the data of the failure stands."""
    found: dict[Span, Finding] = {}
    for function in context.project.functions_of(module):
        for body in _bodies(function, context.project):
            for operation in everywhere(body.block):
                for finding in _findings(operation, context.language):
                    found.setdefault(finding.span, finding)
    yield from found.values()


def _bodies(function: InngestFunction, project: Project) -> Iterator[Body]:
    """The bodies that run when a function has failed, and at no other time."""
    if _is_for_failures(function):
        yield from project.reachable(function.handler)
    elif function.on_failure is not None:
        others = {id(body) for body in project.reachable(function.handler)}
        yield from (body for body in project.reachable(function.on_failure) if id(body) not in others)


def _is_for_failures(function: InngestFunction) -> bool:
    events = [trigger.event for trigger in function.triggers]
    return bool(events) and all(event == Constant(_FAILED) for event in events)


def _findings(operation: Operation, language: Language) -> Iterator[Finding]:
    either = {id(ref) for ref in _tried(operation)}
    for ref in refs_in(operation):
        end = end_of_data(ref)
        if end is None or len(ref.path) <= end or ref.path[0] != "event" or id(ref) in either:
            continue
        name = ref.path[end]
        is_other_fault = language is Language.PYTHON and end < ref.attributes
        place = place_of_read(ref, end, operation.span)
        if place is not None and name not in _HELD | _METHODS and name.isidentifier() and not is_other_fault:
            yield _finding(place, name, language, _fix(ref, end, language))
    got = _got(operation)
    if got is not None and got not in _HELD:
        yield _finding(operation.span, got, language, None)


def _got(operation: Operation) -> str | None:
    """The field that is asked for by `get`."""
    match operation:
        case Call(target=Ref(origin=Origin.CONTEXT, path=("event", "data", method)), arguments=(first, *_)):
            value = first.value
            is_field = method == _GET and isinstance(value, Constant) and isinstance(value.value, str)
            return str(value.value) if is_field and isinstance(value, Constant) else None
    return None


def _tried(operation: Operation) -> Iterator[Ref]:
    """What is read beside the failed event: a function may be for both."""
    for value in values(operation):
        for member in members(value):
            if isinstance(member, Opaque) and member.either:
                refs = [ref for ref in members(member) if isinstance(ref, Ref)]
                if any(ref.path[:3] == _ORIGINAL for ref in refs):
                    yield from refs


def _finding(span: Span, name: str, language: Language, fix: Fix | None) -> Finding:
    return Finding(
        span,
        f"the data of a failure has no `{name}`",
        help=f"the event that failed is in it: read {_WHERE[language]}",
        label=_BECOMES[language] if fix is not None or language is Language.TYPESCRIPT else "never there",
        fix=fix,
    )


def _fix(ref: Ref, end: int, language: Language) -> Fix | None:
    """Go through the failed event, where the field is the last thing that is written."""
    if ref.span is None or not ref.written or ref.guarded is not None or end != len(ref.path) - 1:
        return None
    name = ref.path[end]
    written = f'["{name}"]' if language is Language.PYTHON else f".{name}"
    place = Span(ref.span.file, ref.span.end - len(written), ref.span.end - len(written))
    return Fix("Read it from the event that failed", (Edit(place, _INSERTED[language]),), Applicability.UNSAFE)
