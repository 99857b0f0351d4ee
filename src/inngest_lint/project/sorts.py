"""Sorts: what kind of thing a value of the code is known to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from inngest_lint.effects.kinds import Kind, kinds, matches
from inngest_lint.model.body import Await, Body, Call, Loop
from inngest_lint.model.language import Language
from inngest_lint.model.value import (
    CALLS,
    Closure,
    Constant,
    Items,
    Opaque,
    Origin,
    Record,
    Ref,
    Result,
    Template,
    Value,
)
from inngest_lint.project.results import Results
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.model.bindings import Bound
    from inngest_lint.project import Project

_DEEPEST = 4
_CONSTRUCTORS = frozenset({"__init__", "constructor"})
_A_SECOND = 1000
_CONSTANTS: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (str, "text"),
    (int, "integer"),
    (float, "fraction"),
    (type(None), "nothing"),
)


@dataclass(frozen=True, slots=True)
class Sorts:
    """The sorts of values that stand at a place of a file; None for what is not known."""

    project: Project
    file: str
    place: Bound
    depth: int = 0

    @property
    def language(self) -> Language:
        """The language that the file is written in."""
        return self.project.module(self.file).language

    def of(self, value: Value) -> Kind | None:
        """The sort of a value, or its kind, where JSON has no such thing."""
        match value:
            case Constant(value=constant) if not isinstance(constant, bytes):
                return next((self.named(name) for type_, name in _CONSTANTS if isinstance(constant, type_)), None)
            case Template():
                return self.named("text")
            case Record():
                return self.named("mapping")
            case Items(ordered=True):
                return self.named("list")
            case Closure(body=body):
                return None if body.decorated else self.named("function")
            case Result(of=Loop(deferred=False, distinct=False, yields=yields), path=()) if yields is not None:
                return self.named("list") if self.language is Language.PYTHON else None
            case Result(of=Call() as call, path=()):
                return self._called(call) or self._of_results(value)
            case Ref():
                return self._referred(value) or self._of_results(value)
        return self._of_results(value)

    def named(self, name: str) -> Kind | None:
        """The sort with this name."""
        return kinds("sorts", self.language).named(name)

    def _called(self, call: Call) -> Kind | None:
        traced = self.project.traced(call.target, self.file)
        if traced is None:
            return None
        seconds = self.named("seconds")
        if seconds is not None and traced.dotted in seconds.makers and self._is_in_seconds(call):
            return seconds
        return kinds("sorts", self.language).of_value(f"{traced.dotted}()")

    def _is_in_seconds(self, call: Call) -> bool:
        """Whether a call makes a whole number of the time in seconds: `int(time.time())`."""
        given = [argument.value for argument in call.arguments]
        if self.language is Language.PYTHON:
            return len(given) == 1 and self._is_moment(given[0])
        match given:
            case [Opaque(reads=(moment, Constant(value=divisor)), either=False)] if divisor == _A_SECOND:
                return self._is_moment(moment)
        return False

    def _is_moment(self, value: Value) -> bool:
        moment = self.named("moment")
        traced = self.project.traced(value, self.file)
        return moment is not None and traced is not None and any(matches(v, traced.dotted) for v in moment.values)

    def _referred(self, ref: Ref) -> Kind | None:
        if self.depth >= _DEEPEST or not ref.path or CALLS & {*ref.path}:
            return None
        inside = Sorts(self.project, self.file, self.place, self.depth + 1)
        if ref.is_variable:
            known = self.place.names.value(ref) if len(ref.path) == 1 else None
            return inside.of(known) if known is not None and known != ref else None
        bound = self.project.bound(ref, self.file)
        is_there = not isinstance(bound, Result) or ref.origin is Origin.MODULE
        if bound is not None and is_there and not isinstance(bound, (Ref, Closure)):
            return inside.of(bound)
        return self.named("function") if self._is_function(ref) else None

    def _is_function(self, ref: Ref) -> bool:
        """Whether a name stands for a plain function, which no decorator has made something else of."""
        body = self.project.function(ref, self.file)
        if body is None or body.decorated or body.owner is not None:
            return False
        return body.name == ref.path[-1] and ref.path[-1] not in self.project.module(body.span.file).classes

    def _of_results(self, value: Value) -> Kind | None:
        module = self.project.module(self.file)
        nowhere = Span(self.file, 0, 0)
        body = self.place.body or Body(nowhere, None, nowhere, (), is_async=False, block=module.block)
        match value:
            case Result(of=Await()):
                return None
            case Result(of=Call() as call) if self._is_of_project(call):
                return None  # what is known of those is what is wrong anywhere in what they give
        return Results(self.project, body, body).kind(value)

    def _is_of_project(self, call: Call) -> bool:
        """Whether a call is of a function of the project, and makes no instance."""
        body = self.project.callee(call)
        return body is not None and body.name not in _CONSTRUCTORS
