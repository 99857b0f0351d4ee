"""Rule: a step waits for another one that it needs nothing of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Assign, Body, Call, Hole, Operation, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Constant, Origin, Record, Ref
from inngest_lint.model.walk import members, step_arguments
from inngest_lint.project import Project
from inngest_lint.project.deeds import WORK, Deed, Nature, deeds, nature
from inngest_lint.project.neighbours import Taken, rows
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

_TOGETHER = {Language.PYTHON: "`ctx.group.parallel`", Language.TYPESCRIPT: "`Promise.all`"}
_TELLS = frozenset({Effect.MAIL, Effect.MESSAGE})
# What is paced, or taken from a queue, has its place in the order.
_ORDERED = frozenset({Effect.SLEEP, Effect.THREAD, Effect.INPUT, Effect.QUEUE, Effect.PROCESS})
_MANAGING = "managing"
_METHOD = "method"


class _Order(Enum):
    """Why the order of a step among others does not matter."""

    READS = "reads"
    TELLS = "tells"


@rule(
    on=InngestFunction,
    severity=Severity.INFO,
    category=Category.PERFORMANCE,
    since="0.2.0",
    preset=Preset.ALL,
    guideline=Guideline.PARALLEL,
)
def sequential_independent_steps(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A step waits for the one before it and needs nothing of it, where both only read or both only notify."""
    free = _Free(context.project)
    if is_test(function.span.file):
        return
    for entry in context.project.entries(function):
        for body in context.project.reachable(entry):
            for row in rows(body.block, context.project):
                yield from free.findings(row, _TOGETHER[context.language])


@dataclass(frozen=True, slots=True)
class _Free:
    """The steps of a project whose order does not matter."""

    project: Project

    def findings(self, row: tuple[Taken, ...], together: str) -> Iterator[Finding]:
        """What is told of a row of steps: once for those next to each other whose order does not matter."""
        alike: list[Taken] = []
        before: _Order | None = None
        for taken in row:
            order = self._order(taken)
            if order is None or order is not before:
                yield from _told(alike, together)
                alike = []
            before = order
            if order is not None:
                alike.append(taken)
        yield from _told(alike, together)

    def _order(self, taken: Taken) -> _Order | None:
        if isinstance(taken, StepCall):
            return self._of_step(taken)
        callee = self.project.callee(taken)
        if callee is None or any(self.project.effects(callee, *WORK, *_ORDERED)) or not self._is_clear(callee):
            return None
        return _same(self._of_step(reached.step) for reached in self.project.steps(callee))

    def _of_step(self, step: StepCall) -> _Order | None:
        match step.kind:
            case StepKind.AI_INFER:
                return _Order.READS
            case StepKind.FETCH:
                return _Order.READS if _only_gets(step) else None
            case StepKind.RUN:
                callback = self.project.callback(step)
                return self._of_function(callback) if callback is not None else self._of_library(step)
        return None

    def _of_function(self, callback: Body) -> _Order | None:
        """What the function of a step does, where all of it is known."""
        if any(self.project.effects(callback, *_ORDERED)) or not self._is_clear(callback):
            return None
        found = {self._of_deed(deed) for deed in deeds(callback, self.project)}
        if not found or None in found:
            return None
        return _Order.TELLS if _Order.TELLS in found else _Order.READS

    def _of_deed(self, deed: Deed) -> _Order | None:
        if deed.effect in _TELLS:
            return self._of_telling(deed.occurrence.source)
        return _Order.READS if deed.nature is Nature.READS or deed.effect is Effect.LLM else None

    def _of_telling(self, call: Call) -> _Order | None:
        known = kinds("telling", self.project.module(call.span.file).language)
        kind = known.of_value(self.project.dotted(call) or call.spelling)
        return None if kind is not None and kind.name == _MANAGING else _Order.TELLS

    def _of_library(self, step: StepCall) -> _Order | None:
        """What a function of a library does that a step is given as it is."""
        callback = step.callback
        if callback is None or not isinstance(callback.value, Ref):
            return None
        call = Call(step.span, callback.value, step.arguments, callback.value.dotted)
        effect = self.project.classify(call)
        if effect in _TELLS:
            return self._of_telling(call)
        if effect is None or effect not in WORK or effect in _ORDERED:
            return None
        return _Order.READS if nature(call, effect, self.project) is Nature.READS else None

    def _is_clear(self, body: Body) -> bool:
        """Whether all is known of what a function does, and it leaves nothing where others can find it."""
        return all(self._is_clear_in(operation) for operation in self.project.running(body))

    def _is_clear_in(self, operation: Operation) -> bool:
        match operation:
            case Hole():
                return False
            case Assign(targets=targets):
                return all(target.origin is Origin.LOCAL for target in targets)
            case Call(mutates=mutates):
                is_own = mutates is None or mutates.origin is Origin.LOCAL
                return is_own and self.project.unknown(operation) is None
        return True


def _same(found: Iterator[_Order | None]) -> _Order | None:
    orders = set(found)
    return orders.pop() if len(orders) == 1 else None


def _only_gets(step: StepCall) -> bool:
    """Whether the method of a request is GET, as it is where none is named."""
    given = [member for argument in step_arguments(step) for member in members(argument.value)]
    options = [member for member in given if isinstance(member, Record)]
    methods = [found.value for option in options if (found := option.get(_METHOD)) is not None]
    named = all(isinstance(method, Constant) and str(method.value).upper() == "GET" for method in methods)
    return named and all(option.complete for option in options)


def _told(alike: list[Taken], together: str) -> Iterator[Finding]:
    if len(alike) > 1:
        first, second, *more = alike
        yield Finding(
            _place(second),
            "this step waits for the one before it, and needs nothing of it",
            help=f"take {'them all' if more else 'both'} in one {together}",
            label="could run at the same time",
            notes=(
                Note(_place(first), "taken first, though nothing asks for that"),
                *(Note(_place(other), "so could this one") for other in more),
            ),
        )


def _place(taken: Taken) -> Span:
    if isinstance(taken, StepCall):
        return taken.id.span if taken.id is not None else taken.span
    return taken.head or taken.span
