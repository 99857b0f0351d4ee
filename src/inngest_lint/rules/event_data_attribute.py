"""Rule: a field of an event's data is read as an attribute."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Assign, Await, Call, Operation, StepCall, StepKind
from inngest_lint.model.events import end_of_data
from inngest_lint.model.function import Language, Module
from inngest_lint.model.value import Origin, Ref, Result, Template, Value
from inngest_lint.model.walk import members, refs, refs_in, values
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_METHODS = frozenset(dir(dict))


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.EVENTS,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
    guideline=Guideline.TYPES,
)
def event_data_attribute(module: Module, context: Context) -> Iterator[Finding]:
    """A field of an event's data is read as an attribute, which a dictionary does not have."""
    places = context.project.written(module)
    if any(_replaces_data(place.operation) for place in places):
        return
    in_strings = {id(operation) for place in places for operation in _in_strings(place.operation)}
    found: dict[int, Finding] = {}
    for place in places:
        for ref in refs_in(place.operation):
            finding = _finding(ref, place.names, fixable=_is_fixable(ref, place.operation, in_strings))
            if finding is not None and _is_better(finding, found.get(finding.span.start)):
                found[finding.span.start] = finding
    yield from found.values()


def _replaces_data(operation: Operation) -> bool:
    """`ctx.event.data = Order(…)`: from there on it is something else."""
    return isinstance(operation, Assign) and any(
        end_of_data(target) == len(target.path) for target in operation.targets
    )


def _is_better(finding: Finding, known: Finding | None) -> bool:
    """Whether a finding says more exactly than another one what is wrong at the same place."""
    return known is None or (finding.fix is not None and known.fix is None)


def _finding(ref: Ref, names: Bindings, *, fixable: bool) -> Finding | None:
    position = end_of_data(ref) if ref.origin is Origin.CONTEXT else _field_of_reply(ref, names)
    if position is None or ref.span is None or not _is_attribute(ref, position):
        return None
    name = ref.path[position]
    return Finding(
        _until(ref, ref.span, position),
        f"the data of an event has no attribute `{name}`",
        help=f'write `["{name}"]`, or validate the data into a model that has attributes',
        label="this is a `dict`: an `AttributeError` is raised here",
        fix=_fix(ref.span, name) if fixable and position == len(ref.path) - 1 else None,
    )


def _field_of_reply(ref: Ref, names: Bindings) -> int | None:
    """The hop that follows the data of an event that was waited for, in a name that holds nothing else."""
    if not ref.is_variable or ref.path[1:2] != ("data",):
        return None
    return 2 if all(_is_reply(value) for value in names.values(ref)) else None


def _is_reply(value: Value | None) -> bool:
    match value:
        case Result(of=Await(value=waited), path=()):
            return _is_reply(waited)
        case Result(of=StepCall(kind=StepKind.WAIT_FOR_EVENT), path=()):
            return True
    return False


def _is_attribute(ref: Ref, position: int) -> bool:
    if not len(ref.path) - ref.written <= position < min(len(ref.path), ref.attributes):
        return False
    hop = ref.path[position]
    return hop not in _METHODS and hop.isidentifier()


def _until(ref: Ref, span: Span, position: int) -> Span:
    """The reference without what is read from the missing attribute, where that is attributes as well."""
    if ref.attributes < len(ref.path):
        return span
    rest = sum(len(f".{hop}".encode()) for hop in ref.path[position + 1 :])
    return Span(span.file, span.start, span.end - rest)


def _fix(span: Span, name: str) -> Fix:
    attribute = Span(span.file, span.end - len(f".{name}".encode()), span.end)
    return Fix(f'Read `["{name}"]`', (Edit(attribute, f'["{name}"]'),), Applicability.UNSAFE)


def _is_fixable(ref: Ref, operation: Operation, in_strings: set[int]) -> bool:
    """Whether quotes can be written here: before Python 3.12 an f-string may not hold its own."""
    if id(operation) in in_strings:
        return False
    quoted = (member for value in values(operation) for member in members(value) if isinstance(member, Template))
    return not any(ref is inner for template in quoted for inner in refs(template))


def _in_strings(operation: Operation) -> Iterator[Operation]:
    """The operations that happen inside the f-strings of an operation."""
    waiting: list[Value] = [m for value in values(operation) for m in members(value) if isinstance(m, Template)]
    while waiting:
        for member in members(waiting.pop()):
            if isinstance(member, Result) and isinstance(member.of, (Call, Await)):
                yield member.of
                waiting.extend(values(member.of))
