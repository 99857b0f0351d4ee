"""Rule: a call that keeps the thread waiting is made on the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.body import Body, Call, StepCall
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.language import Language
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from inngest_lint.effects.kinds import Kind
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_LABEL = "all other runs of the process wait until this is done"


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.PERFORMANCE,
    since="0.2.0",
    languages=frozenset({Language.PYTHON}),
)
def blocking_call(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """An asynchronous function makes a blocking call, and all other runs in the process wait for it."""
    for entry in context.project.entries(function):
        if entry.is_async:
            yield from _Entry(entry, context.project).findings()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A handler that runs on the event loop, and whose callbacks therefore do, async or not."""

    body: Body
    project: Project
    told: set[Span] = field(default_factory=set)

    def findings(self) -> Iterator[Finding]:
        """The blocking calls in the steps' callbacks; in the handler itself too, where it takes no step."""
        for callback in self.project.callbacks(self.body):
            yield from self._of_body(callback.body)
        for reached in self.project.steps(self.body):
            yield from self._of_step(reached.step)
        if not self.project.is_durable(self.body):
            yield from self._of_body(self.body)

    def _of_step(self, step: StepCall) -> Iterator[Finding]:
        """A function of a library that the step itself calls."""
        if step.callback is None or self.project.callback(step) is not None:
            return
        kind = self._known(step.callback.value, step.span.file)
        if kind is not None and step.callback.span not in self.told:
            self.told.add(step.callback.span)
            yield _finding(step.callback.span, f"the step calls {kind.phrase}, which blocks the event loop", kind)

    def _of_body(self, body: Body) -> Iterator[Finding]:
        """The first call of each library in a body, and the first helper that makes one."""
        seen: set[str] = set()
        for operation in self.project.happening(body.block):
            found = self._blocking(operation) if isinstance(operation, Call) else None
            if not isinstance(operation, Call) or found is None:
                continue
            call, kind = found
            place = operation.head or operation.span
            if kind.name not in seen and place not in self.told:
                seen.add(kind.name)
                self.told.add(place)
                notes = () if call is operation else (Note(call.head or call.span, f"{kind.phrase} is called here"),)
                what = (
                    "blocks the event loop" if call is operation else f"calls {kind.phrase}, and blocks the event loop"
                )
                yield _finding(place, f"`{operation.spelling}` {what}", kind, *notes)

    def _blocking(self, call: Call) -> tuple[Call, Kind] | None:
        """The call that blocks, the one that is asked about or one in the function that it runs."""
        kind = self._known(call.target, call.span.file)
        if kind is not None:
            return call, kind
        callee = self.project.callee(call)
        for operation in self.project.running(callee) if callee is not None and not callee.generates else ():
            inner = self._known(operation.target, operation.span.file) if isinstance(operation, Call) else None
            if isinstance(operation, Call) and inner is not None:
                return operation, inner
        return None

    def _known(self, value: Value, file: str) -> Kind | None:
        traced = self.project.traced(value, file)
        return kinds("blocking", Language.PYTHON).of_value(f"{traced.dotted}()") if traced is not None else None


def _finding(place: Span, message: str, kind: Kind, *notes: Note) -> Finding:
    return Finding(place, message, help=kind.help, label=_LABEL, notes=notes)
