"""Rule: what a step gave is used under a type that nothing vouches for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Confidence, Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Assign, Await, Call, StepCall, StepKind
from inngest_lint.model.function import Cast, Language, Module
from inngest_lint.model.value import Origin, Ref, Result
from inngest_lint.model.walk import members, values
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from inngest_lint.model.bindings import Bound
    from inngest_lint.model.body import Body
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project

_TYPED = frozenset({StepKind.RUN, StepKind.INVOKE})
_ANYTHING = "any"
# What nothing can be done with before it is looked at.
_UNKNOWN = "unknown"
_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
_BY_ID = "invoke_by_id"
_LONGEST_CHAIN = 6
# A type that fits into a message.
_SAYABLE = re.compile(r"[^`\n]{1,40}")


@rule(
    on=Module,
    severity=Severity.INFO,
    category=Category.SERIALIZATION,
    since="0.2.0",
    preset=Preset.ALL,
    confidence=Confidence.LOW,
    guideline=Guideline.TYPES,
)
def untyped_step_result(module: Module, context: Context) -> Iterator[Finding]:
    """The result of a step is cast to a type, or used without any."""
    file = _File(module, context.project, context.project.written(module))
    found: dict[Span, Finding] = {}
    for finding in (*file.casts(), *file.findings()):
        found.setdefault(finding.span, finding)
    yield from found.values()


@dataclass(frozen=True, slots=True)
class _Given:
    """What a step gave, all of it or a part."""

    step: StepCall
    is_whole: bool

    def part(self, hops: Sequence[str]) -> _Given:
        """What some hops lead to from here."""
        return replace(self, is_whole=self.is_whole and not hops)


@dataclass(frozen=True)
class _File:
    """A file, and what is written in it."""

    module: Module
    project: Project
    places: tuple[Bound, ...]

    def casts(self) -> Iterator[Finding]:
        """The types that TypeScript claims for what steps gave."""
        for cast in self.module.casts:
            given = self._given(cast.value, self._names(cast)) if _UNKNOWN not in cast.written else None
            # That a part is there, or is a text, may well be known.
            if given is not None and (given.is_whole or cast.written == _ANYTHING):
                yield _claimed(cast.span, cast.written, given.step, Language.TYPESCRIPT)

    def findings(self) -> Iterator[Finding]:
        """The other uses of what steps gave."""
        told: set[int] = set()
        for place in self.places:
            for span, written, given in self._typed(place):
                told.add(id(given.step))
                yield _claimed(span, written, given.step, self.module.language)
        for place in self.places:
            for step, span in self._read(place):
                if id(step) not in told:
                    told.add(id(step))
                    yield _read(span, step)

    def _typed(self, place: Bound) -> Iterator[tuple[Span, str, _Given]]:
        """What is given another type by an annotation, or by a call of `cast`."""
        match place.operation:
            case Assign(declares=Ref(origin=Origin.GLOBAL, path=("any",), span=Span() as span), value=value):
                given = self._given(value, place.names)
                yield from () if given is None else ((span, _ANYTHING, given),)
            case Call(arguments=(_, cast)) as call if self.project.dotted(call) in _CASTS:
                given = self._given(cast.value, place.names)
                yield from () if given is None else ((call.head or call.span, "", given),)

    def _read(self, place: Bound) -> Iterator[tuple[StepCall, Span]]:
        """The members that an operation reads of what was invoked by its id."""
        for value in (member for held in values(place.operation) for member in members(held)):
            given = self._given(value, place.names)
            if given is not None and not given.is_whole and given.step.spelling.endswith(_BY_ID):
                yield given.step, (value.span if isinstance(value, Ref) else None) or place.operation.span

    def _names(self, cast: Cast) -> Bindings:
        """The names in force where a type is claimed."""
        around = [(body.span, names) for body, names in self._bodies if body.span.contains(cast.span)]
        return max(around, key=lambda one: one[0].start)[1] if around else Bindings()

    @cached_property
    def _bodies(self) -> tuple[tuple[Body, Bindings], ...]:
        known = {id(place.body): (place.body, place.names) for place in self.places}
        return tuple((body, names) for body, names in known.values() if body is not None)

    def _given(self, value: Value, names: Bindings, left: int = _LONGEST_CHAIN) -> _Given | None:
        """The step that gave a value, or a part of it."""
        if not left:
            return None
        match value:
            case Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=(_, *rest)):
                owner: Bindings | None = names if value.origin is Origin.LOCAL else names.outer
                while owner is not None and value.name not in owner.own:
                    owner = owner.outer
                bound_to = owner.own[value.name] if owner is not None else []
                only = bound_to[0] if len(bound_to) == 1 else None
                found = self._given(only, owner or names, left - 1) if only is not None else None
                return found.part(rest) if found is not None else None
            case Result(of=Await(value=waited), path=path):
                found = self._given(waited, names, left - 1)
                return found.part(path) if found is not None else None
            case Result(of=StepCall(kind=kind) as step, path=path) if kind in _TYPED:
                return _Given(step, is_whole=not path)
        return None


def _claimed(span: Span, written: str, step: StepCall, language: Language) -> Finding:
    is_python = language is Language.PYTHON
    type_ = f"`{written}`" if _SAYABLE.fullmatch(written) else "another type"
    return Finding(
        span,
        "the result of a step is cast" if is_python else f"the result of a step is taken for {type_}",
        help="annotate what the step's function returns, or validate the result",
        label="nothing checks that what was stored is of this type",
        notes=(Note(step.span, "this step gave it"),),
    )


def _read(span: Span, step: StepCall) -> Finding:
    return Finding(
        span,
        f"what `{step.spelling}` gave is read without a type",
        help="validate the result first, or invoke the function itself with `step.invoke`",
        label="it is an `object`: whatever the other function returned",
        notes=(Note(step.span, "this step gave it"),),
    )
