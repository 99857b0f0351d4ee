"""Rule: an error is retried that no retry can cure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Assign, Await, Branch, Call, Loop, Scope, Throw, Try
from inngest_lint.model.flow import always_rethrows
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Constant, Opaque, Origin, Ref, Result, Template
from inngest_lint.model.walk import everywhere, members, refs
from inngest_lint.project.failures import Standing
from inngest_lint.project.failures.errors import thrown_class
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Arm, Block, Body
    from inngest_lint.model.value import Value
    from inngest_lint.project import Project
    from inngest_lint.text import Span

_HELP = {
    Language.PYTHON: "raise `inngest.NonRetriableError(…)`, which ends the run at once",
    Language.TYPESCRIPT: "throw `new NonRetriableError(…)`, which ends the run at once",
}
_RETRIED = frozenset({Standing.ANY, Standing.PLAIN})
_ABSENT = re.compile(r"\b(not found|no [\w ]+ found|does not exist|doesn't exist|not exist|no such)\b", re.IGNORECASE)
# What a server answers that will answer the same again.
_REFUSED = {
    400: ("bad request", "invalid"),
    401: ("unauthorized", "unauthorised", "api key", "credentials", "token"),
    403: ("forbidden", "denied", "permission"),
    404: ("not found",),
    410: ("gone",),
    422: ("invalid", "unprocessable", "validation"),
}
_FAILED = re.compile(r"err(or)?$", re.IGNORECASE)
# Clients that do not throw give these in the place of it.
_DATA, _ERROR = ("data",), "error"
_GET = ".get"
_STATUS = frozenset({"status", "status_code", "statusCode"})
_NONE = Constant(0)


class _Why(Enum):
    """Why a retry is of no use."""

    SAME = "every retry meets the same event and the same step results"
    ABSENT = "what is looked up by the same id is as absent in every retry"
    REFUSED = "the same request is refused again in every retry"


@rule(
    on=InngestFunction, severity=Severity.WARNING, category=Category.ERRORS, since="0.2.0", guideline=Guideline.RETRIES
)
def retriable_permanent_error(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """An error that no retry can cure is thrown as one that Inngest retries."""
    retries = function.setting("retries")
    if retries is not None and retries.value == _NONE:
        return
    seen: set[Span] = set()
    for entry in context.project.entries(function):
        for guard in _guards(entry, context.project):
            why = guard.why(context.project)
            if why is not None and guard.throw.span not in seen:
                seen.add(guard.throw.span)
                yield _finding(guard, why, context.language)


@dataclass(frozen=True, slots=True)
class _Guard:
    """An error that leaves a function, and the tests that lead to it; `entry` is the handler around it."""

    throw: Throw
    tests: tuple[Value, ...]
    place: Span | None
    body: Body
    entry: Body

    def why(self, project: Project) -> _Why | None:
        """Why a retry is of no use; None where it may be of some."""
        thrown = thrown_class(self.throw.value)
        if thrown is None or project.failures.standing(thrown, self.throw.span.file) not in _RETRIED:
            return None
        is_within = self.entry.span.contains(self.body.span)
        known = project.failures.permanence(self.entry if is_within else self.body)
        if all(known.holds(test) for test in self.tests):
            return _Why.SAME
        if self._is_absent():
            return _Why.ABSENT
        return _Why.REFUSED if self._is_refused() else None

    @property
    def _text(self) -> str:
        """What the error says, as far as it is known."""
        match self.throw.value:
            case Result(of=Call() as call):
                first = call.arguments[0].value if call.arguments else None
                parts = first.parts if isinstance(first, Template) else (first,)
                texts = (part.value if isinstance(part, Constant) else part for part in parts)
                return " ".join(text for text in texts if isinstance(text, str))
        return ""

    def _is_absent(self) -> bool:
        """Whether it says that something was not found, which was looked up for what the test asks about."""
        asked = [ref for test in self.tests for ref in refs(test)]
        if not asked or not _ABSENT.search(self._text) or any(_FAILED.search(ref.path[-1]) for ref in asked):
            return False
        return all(self._is_looked_up(ref) for ref in asked)

    def _is_looked_up(self, ref: Ref) -> bool:
        """Whether a name holds what a call gave, and not what is left of an answer whose error nobody looked at."""
        assigns = [operation for operation in everywhere(self.body.block) if isinstance(operation, Assign)]
        given = [o.value for o in assigns if any(target.name == ref.name for target in o.targets)]
        if ref.origin is not Origin.LOCAL or len(given) != 1 or not _is_given_by_call(given[0]):
            return False
        answer = given[0]
        if not isinstance(answer, Result) or answer.path[:1] != _DATA:
            return True
        return any(isinstance(o.value, Result) and o.value.of is answer.of and _ERROR in o.value.path for o in assigns)

    def _is_refused(self) -> bool:
        text = self._text.lower()
        codes = [code for test in self.tests for code in _codes(test)]
        known = [code for code in codes if str(code) in text or any(word in text for word in _REFUSED.get(code, ()))]
        return bool(codes) and known == codes and all(code in _REFUSED for code in codes)


def _is_given_by_call(value: Value) -> bool:
    """Whether a call gave a value, and none that only reads what there is already: `answer.get("url")`."""
    match value:
        case Result(of=Await(value=Result(of=Call()))):
            return True
        case Result(of=Call() as call):
            is_key = bool(call.arguments) and isinstance(call.arguments[0].value, Constant)
            return not (call.spelling.endswith(_GET) and is_key)
    return False


def _codes(test: Value) -> Iterator[int]:
    """The codes that the status of an answer is held against."""
    for member in members(test):
        match member:
            case Opaque(reads=(Ref(path=(*_, name)), Constant(value=int() as code))) if name in _STATUS:
                yield code


def _guards(entry: Body, project: Project) -> Iterator[_Guard]:
    """The errors that leave a handler or the functions of its steps, written in its own file."""
    bodies = (entry, *(callback.body for callback in project.callbacks(entry)))
    for body in bodies:
        if body.span.file == entry.span.file and not body.generates:
            for throw, arms in _thrown(body.block, ()):
                tests = tuple(arm.test for arm in arms if arm.test is not None)
                if tests:
                    yield _Guard(throw, tests, arms[-1].head or arms[0].head, body, entry)


def _thrown(block: Block, arms: tuple[Arm, ...]) -> Iterator[tuple[Throw, tuple[Arm, ...]]]:
    """What a block throws and nothing in it takes, with the arms of the innermost branch up to its own."""
    for operation in block:
        match operation:
            case Throw():
                yield operation, arms
            case Branch(arms=inner):
                for number, arm in enumerate(inner):
                    yield from _thrown(arm.block, inner[: number + 1])
            case Loop(body=body) | Scope(body=body):
                yield from _thrown(body, ())
            case Try(body=body, catches=catches):
                if all(always_rethrows(catch.body, catch.binds) for catch in catches):
                    yield from _thrown(body, arms)
                yield from _thrown(operation.otherwise, ())


def _finding(guard: _Guard, why: _Why, language: Language) -> Finding:
    asked = (Note(guard.place, "the same answer each time"),) if guard.place is not None else ()
    return Finding(
        guard.throw.span,
        "an error is retried that no retry can cure",
        help=_HELP[language],
        label=why.value,
        notes=asked if why is _Why.SAME else (),
    )
