"""Rule: a function that is given batches reads one event of them."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.body import Body, Call, Hole, Operation
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Constant, Entry, Origin, Ref
from inngest_lint.model.walk import everywhere, refs_in
from inngest_lint.platform.expressions import Expression, read
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_BATCH, _SIZE, _KEY = "batch", "max-size", "key"
# What is the same for every event of a batch.
_SHARED = frozenset({"name", "v"})
_ALL = {Language.PYTHON: "ctx.events", Language.TYPESCRIPT: "events"}
_ONE = {Language.PYTHON: "ctx.event", Language.TYPESCRIPT: "event"}


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def batch_reads_single_event(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function is given its events in batches, and reads only the first of each."""
    batch, size = function.setting(_BATCH), function.setting(_BATCH, _SIZE)
    if batch is None or batch.value == Constant(None) or (size is not None and size.value == Constant(1)):
        return
    first = _first_read(function, context.project)
    if first is not None:
        yield Finding(
            batch.span,
            f"the events come in batches, and only `{_ONE[context.language]}` is read",
            help=f"go through `{_ALL[context.language]}`, which holds all events of the batch",
            label="up to this many events in one run",
            notes=(Note(first, "the first event of the batch: the others are lost"),),
        )


def _first_read(function: InngestFunction, project: Project) -> Span | None:
    """Where a handler reads the one event; None where it knows of the others too, or may."""
    found: list[Span] = []
    shared = _keyed(function.setting(_BATCH, _KEY))
    bodies = {id(body): body for body in project.reachable(function.handler)}
    for body in bodies.values():
        for operation in everywhere(body.block):
            if isinstance(operation, Hole):
                return None
            for ref in refs_in(operation):
                if ref.origin is not Origin.CONTEXT:
                    continue
                if ref.path[:1] == ("events",) or (not ref.path and not _enters(operation, bodies, project)):
                    return None
                if _is_of_one(ref, shared):
                    found.append(ref.span or operation.span)
    return min(found, default=None)


def _enters(operation: Operation, bodies: dict[int, Body], project: Project) -> bool:
    """Whether an operation hands the whole context to one of the functions that are looked at."""
    return isinstance(operation, Call) and id(project.callee(operation)) in bodies


def _keyed(key: Entry | None) -> tuple[tuple[str, ...], ...]:
    """The fields that a batch is put together by."""
    if key is None or not isinstance(key.value, Constant) or not isinstance(key.value.value, str):
        return ()
    found = read(key.value.value)
    return tuple(one.hops for one in found.reads) if isinstance(found, Expression) else ()


def _is_of_one(ref: Ref, shared: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a reference reads what each event of a batch may have another of."""
    if ref.path[:1] != ("event",):
        return False
    if ref.path[1:2] and ref.path[1] in _SHARED:
        return False
    return not any(ref.path[: len(hops)] == hops for hops in shared)
