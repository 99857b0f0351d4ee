"""Rule: something is thrown that is no error."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Assign, Await, Call, Return, Throw, Try
from inngest_lint.model.flow import always_rethrows
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Closure, Constant, Items, Origin, Record, Ref, Result, Template
from inngest_lint.model.walk import everywhere, walk
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body, Operation
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_HELP = {
    Language.PYTHON: "raise an exception: `inngest.NonRetriableError(…)` where trying again is of no use",
    Language.TYPESCRIPT: "throw `new Error(…)`, or `new NonRetriableError(…)` where trying again is of no use",
}
_THROWN = {Language.PYTHON: "raised", Language.TYPESCRIPT: "thrown"}
_REJECTED = "a `TypeError` is raised in its place, which does not hold it"
_REJECT = ("Promise", "reject")
_PROMISE = ("Promise",)
_CATCH = ".catch"
_NOTHING = Constant(None)


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.ERRORS,
    since="0.2.0",
    guideline=Guideline.RETRIES,
)
def thrown_non_error(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function or a step throws something that is no error."""
    project = context.project
    known: dict[int, _Thrown | None] = {}
    for entry in project.entries(function):
        for body in (entry, *(callback.body for callback in project.callbacks(entry))):
            found = {thrown.span: thrown for thrown in _Throws(project, body, known).all()}
            yield from (_finding(thrown, context.language) for thrown in found.values())


@dataclass(frozen=True, slots=True)
class _Thrown:
    """What a body throws, where it is seen, and the way from there."""

    span: Span
    value: Value
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class _Throws:
    """What leaves a body that is no error."""

    project: Project
    body: Body
    # What each function that is called throws first, by identity; nothing while that is being found out.
    known: dict[int, _Thrown | None]
    # The operations, by identity, whose errors go no further than the body.
    caught: set[int] = field(default_factory=set)

    @property
    def language(self) -> Language:
        """The language that the body is written in."""
        return self.project.module(self.body.span.file).language

    def all(self) -> Iterator[_Thrown]:
        """What is thrown in a body itself, and by the functions it calls."""
        operations = tuple(self.project.happening(self.body.block))
        for operation in operations:
            self.caught.update(_caught_by(operation, self.project))
        own = frozenset(map(id, walk(self.body.block)))
        for operation in operations:
            if id(operation) not in self.caught:
                yield from self._by(operation, is_own=id(operation) in own)

    def _by(self, operation: Operation, *, is_own: bool) -> Iterator[_Thrown]:
        match operation:
            case Throw(value=value, span=span) if value is not None:
                yield from self._told(span, value)
            case Await(value=Result(of=Call() as call)):
                yield from self._rejected(call)
            case Return(value=Result(of=Call() as call)) if is_own:
                yield from self._rejected(call)
            case Call(target=Ref(origin=Origin.GLOBAL, path=path)) if path == _PROMISE:
                yield from self._executed(operation)
            case Call():
                yield from self._inside(operation)

    def _rejected(self, call: Call) -> Iterator[_Thrown]:
        target = call.target
        if isinstance(target, Ref) and target.origin is Origin.GLOBAL and target.path == _REJECT:
            yield from self._told(call.span, call.arguments[0].value if call.arguments else _NOTHING)

    def _executed(self, promise: Call) -> Iterator[_Thrown]:
        """What `new Promise((resolve, reject) => …)` rejects with."""
        executor = promise.arguments[0].value if promise.arguments else None
        if not isinstance(executor, Closure) or len(executor.body.parameters) < 2:
            return
        name = executor.body.parameters[1].name
        for call in everywhere(executor.body.block):
            match call:
                case Call(target=Ref(origin=Origin.LOCAL | Origin.ENCLOSING, path=path)) if path == (name,):
                    yield from self._told(call.span, call.arguments[0].value if call.arguments else _NOTHING)

    def _inside(self, call: Call) -> Iterator[_Thrown]:
        callee = self.project.callee(call)
        if callee is None or callee.generates or callee.decorated:
            return
        if id(callee) not in self.known:
            self.known[id(callee)] = None
            self.known[id(callee)] = next(_Throws(self.project, callee, self.known).all(), None)
        thrown = self.known[id(callee)]
        if thrown is not None:
            seen = Note(thrown.span, "called here" if thrown.notes else f"{_THROWN[self.language]} here")
            yield replace(thrown, span=call.span, notes=(seen, *thrown.notes))

    def _told(self, span: Span, value: Value) -> Iterator[_Thrown]:
        known = self._known(value)
        if _kind(known) is not None:
            yield _Thrown(span, known)

    def _known(self, value: Value) -> Value:
        """What a name of the body stands for, where it is given only once."""
        if not (isinstance(value, Ref) and value.origin is Origin.LOCAL and len(value.path) == 1):
            return value
        given = [
            o for o in walk(self.body.block) if isinstance(o, Assign) and value.name in [t.name for t in o.targets]
        ]
        is_plain = len(given) == 1 and given[0].targets == (value,) and not given[0].updates
        return given[0].value if is_plain else value


def _caught_by(operation: Operation, project: Project) -> Iterator[int]:
    """The operations, by identity, whose errors another one keeps."""
    match operation:
        case Try(body=body, catches=catches) if catches:
            if not all(always_rethrows(catch.body, catch.binds) for catch in catches):
                yield from map(id, project.happening(body))
        case Call(spelling=spelling, receiver=Result(of=Call() as caught)) if spelling.endswith(_CATCH):
            yield id(caught)


def _kind(value: Value) -> tuple[str, str] | None:
    """What a value is called that is no error, and what becomes of it; None where it may be one."""
    match value:
        case Constant(value=None):
            return "nothing", "`undefined` makes the run of inngest 3 a success, and says nothing in later ones"
        case Constant(value=bool()):
            return "a boolean", "it becomes an error of that text, without a stack"
        case Constant(value=int() | float()):
            return "a number", "it becomes an error of that text, without a stack"
        case Constant() | Template():
            return "a string", "it becomes an error of that text, without a stack"
        case Record():
            return "a plain object", "it becomes an error of its text, without its fields and a stack"
        case Items():
            return "a list", "it becomes an error of its text, without a stack"
        case Ref(origin=Origin.GLOBAL, path=("NotImplemented",)):
            return "`NotImplemented`", _REJECTED
    return None


def _finding(thrown: _Thrown, language: Language) -> Finding:
    name, harm = _kind(thrown.value) or ("", "")
    return Finding(
        thrown.span,
        f"{name} is {_THROWN[language]} in the place of an error",
        help=_HELP[language],
        label=_REJECTED if language is Language.PYTHON else harm,
        notes=thrown.notes,
    )
