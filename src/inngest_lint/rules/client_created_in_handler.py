"""Rule: a client is made in each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import Kind, kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Assign, Branch, Call, Scope, Try
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.value import Origin, Result
from inngest_lint.model.walk import results_in, walk
from inngest_lint.project.ways import Station, Ways
from inngest_lint.rule import Category, Context, Preset, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body, Operation

_POOL = "pool"
_KEPT = (Origin.MODULE, Origin.GLOBAL, Origin.SELF, Origin.IMPORT, Origin.ENCLOSING)
_SILENT = (None, Effect.PURE)


@rule(
    on=InngestFunction,
    severity=Severity.INFO,
    category=Category.PERFORMANCE,
    since="0.2.0",
    preset=Preset.ALL,
    guideline=Guideline.SELF_CONTAINED,
)
def client_created_in_handler(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function that takes steps makes a client outside of them, which every request then makes anew."""
    ways: Ways[Call] = Ways(lambda body: _stations(body, context))
    told: set[Call] = set()
    for entry in context.project.entries(function):
        if not context.project.is_durable(entry):
            continue
        for made, way in ways.of(entry):
            call = way[0]
            kind = _kind(made, context)
            if isinstance(call, Call) and kind is not None and call not in told:
                told.add(call)
                yield _finding(call, made, way, kind)


def _stations(body: Body, context: Context) -> Iterator[Station[Call]]:
    kept = frozenset(_kept(body))
    for operation in context.project.happening(body.block):
        if not isinstance(operation, Call) or id(operation) in kept:
            continue
        if _kind(operation, context) is not None:
            yield Station(operation, operation)
        else:
            callee = context.project.callee(operation)
            # What a decorator keeps, or a function makes only where there is none yet, is not made in each request.
            is_plain = callee is not None and not callee.decorated and not callee.generates and not _keeps(callee)
            yield Station(operation, None, callee if is_plain else None)


def _kind(call: Call, context: Context) -> Kind | None:
    """What a call makes; what asks the service itself is told as that."""
    if context.project.callee(call) is not None or context.project.classify(call) not in _SILENT:
        return None
    dotted = context.project.dotted(call)
    return kinds("clients", context.project.module(call.span.file).language).of_value(dotted) if dotted else None


def _kept(body: Body) -> Iterator[int]:
    """The operations of a body whose results are closed there, or kept where the next request finds them."""
    for operation in walk(body.block):
        match operation:
            case Scope(manager=Result(of=of)):
                yield id(of)
            case Assign(targets=targets) if any(target.origin in _KEPT for target in targets):
                yield from map(id, results_in(operation))
            case Branch() | Try():
                yield from (id(inner) for inner in walk((operation,)))


def _keeps(body: Body) -> bool:
    """Whether a function keeps something outside itself: `client ??= new Client()`."""
    writes = (operation for operation in walk(body.block) if isinstance(operation, Assign))
    return any(target.origin in _KEPT for write in writes for target in write.targets)


def _finding(call: Call, made: Call, way: tuple[Operation, ...], kind: Kind) -> Finding:
    through = (*(Note(step.span, "called here") for step in way[1:-1]), Note(made.span, "it is made here"))
    return Finding(
        call.head or call.span,
        f"`{call.spelling}` makes {kind.phrase} in every request",
        help=kind.help,
        label=kind.harm,
        notes=through if len(way) > 1 else (),
        severity=Severity.WARNING if kind.name == _POOL else None,
    )
