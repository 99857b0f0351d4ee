"""The survey: the functions of a project as a manifest has them, and where in the code that stands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from inngest_lint.manifest.entries import Function, Manifest, Step, Steps, Trigger
from inngest_lint.manifest.patterns import Place, Text, given, text
from inngest_lint.model.bindings import Bindings, bound
from inngest_lint.model.body import Body, Call, Hole, Operation, StepCall
from inngest_lint.model.function import InngestFunction
from inngest_lint.model.testing import is_test
from inngest_lint.model.value import Origin, Value
from inngest_lint.model.walk import everywhere, refs
from inngest_lint.project import Node, Project, Tie
from inngest_lint.text import Span

_TOOLS = "step"
# Helpers that call helpers, and what they are all given; what is beyond counts as not known.
_DEEPEST = 40
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Taken:
    """A step, where its id is written, and the calls of helpers that lead there; None where it is not known."""

    step: Step | None
    span: Span
    path: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Surveyed:
    """A function, what a manifest says of it, and the steps of its handlers where they are written."""

    function: InngestFunction
    entry: Function
    steps: tuple[Taken, ...]
    on_failure: tuple[Taken, ...] = ()


def survey(project: Project) -> tuple[Surveyed, ...]:
    """The functions of a project, those of tests left out, in the order of a manifest."""
    nodes = (node for node in project.events.functions if not is_test(node.file))
    return tuple(sorted((_surveyed(node, project) for node in nodes), key=lambda each: order(each.entry)))


def manifest(project: Project) -> Manifest:
    """The manifest of a project."""
    return Manifest(tuple(each.entry for each in survey(project)))


def order(function: Function) -> tuple[str, bool, str, str, str]:
    """What functions of a manifest are sorted by."""
    return function.app or "", function.id is None, function.id or "", function.file, function.name


def _surveyed(node: Node, project: Project) -> Surveyed:
    function, file = node.function, node.file
    steps = tuple(_Walk(project).steps(function.handler))
    failing = tuple(_Walk(project).steps(function.on_failure)) if function.on_failure is not None else ()
    entry = Function(
        app=node.app,
        id=_whole(function.id.value if function.id is not None else None, file, project),
        name=function.name,
        file=os.path.abspath(file),  # noqa: PTH100 - links are not to be resolved
        language=project.module(file).language,
        triggers=tuple(_triggers(node, project)),
        steps=_steps(steps),
        on_failure=_steps(failing) if function.on_failure is not None else None,
    )
    return Surveyed(function, entry, steps, failing)


def _triggers(node: Node, project: Project) -> Iterator[Trigger]:
    events = {edge.span: edge.event for edge in project.events.of(node) if edge.tie is Tie.TRIGGERS}
    for trigger in node.function.triggers:
        cron, condition = (_whole(value, node.file, project) for value in (trigger.cron, trigger.condition))
        yield Trigger(events.get(trigger.span), cron, condition)


def _whole(value: Value | None, file: str, project: Project) -> str | None:
    return text(value, Place(file), project).whole if value is not None else None


def _steps(taken: tuple[Taken, ...]) -> Steps:
    known = dict.fromkeys(each.step for each in taken if each.step is not None)
    return Steps(tuple(known), len({each.span for each in taken if each.step is None}))


@dataclass(slots=True)
class _Walk:
    """A walk through a handler and its helpers, each helper once for all that is known of what it is given."""

    project: Project
    _seen: set[tuple[int, tuple[tuple[str, Text], ...]]] = field(default_factory=set)
    _happening: set[int] = field(default_factory=set)

    def steps(self, entry: Body) -> Iterator[Taken]:
        """The steps of an entry, in the order they are written."""
        return self._steps(entry, {}, ())

    def _steps(self, body: Body, known: dict[str, Text], path: tuple[Call, ...]) -> Iterator[Taken]:
        key = (id(body), tuple(known.items()))
        if key in self._seen:
            return
        self._seen.add(key)
        places = {id(each.operation): (each.names, each.body is not body) for each in bound(body)}
        for operation in self._operations(body):
            names, inner = places.get(id(operation), (Bindings(), False))
            place = Place(body.span.file, names, known, inner)
            match operation:
                case StepCall():
                    yield self._taken(operation, place, path)
                case Call():
                    yield from self._through(operation, place, path)
                case Hole():
                    yield Taken(None, operation.span, path)

    def _operations(self, body: Body) -> Iterator[Operation]:
        """What happens in a body, then what is written in functions that something unknown may call."""
        for operation in self.project.happening(body.block):
            self._happening.add(id(operation))
            yield operation
        # By now, functions that are called under the name they were given have happened as well.
        yield from (operation for operation in everywhere(body.block) if id(operation) not in self._happening)

    def _taken(self, step: StepCall, place: Place, path: tuple[Call, ...]) -> Taken:
        if step.id is None:
            return Taken(None, step.span, path)
        found = text(step.id.value, place, self.project)
        pattern = found.pattern
        known = Step(step.kind, pattern, found.whole is None) if pattern is not None else None
        return Taken(known, step.id.span, path)

    def _through(self, call: Call, place: Place, path: tuple[Call, ...]) -> Iterator[Taken]:
        """The steps that a call leads to; one that is not known where something out of sight may take any."""
        callee = self.project.callee(call)
        if not _hands_tools(call) and not (callee is not None and self.project.steps(callee)):
            return
        if callee is None or len(path) >= _DEEPEST or len(self._seen) >= _MOST:
            yield Taken(None, call.span, path)
        elif not any(self.project.callee(before) is callee for before in path):
            yield from self._steps(callee, given(call, callee, place, self.project), (*path, call))


def _hands_tools(call: Call) -> bool:
    """Whether a call is given the step tools, or the context that holds them."""
    found = (ref for argument in call.arguments for ref in refs(argument.value))
    return any(ref.origin is Origin.CONTEXT and ref.path in ((), (_TOOLS,)) for ref in found)
