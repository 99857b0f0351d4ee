"""Errors: what a class of errors is to the SDK, and which errors come out of a step."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from enum import Enum

from inngest_lint.model.body import Body, Call, Throw, Try
from inngest_lint.model.flow import always_rethrows
from inngest_lint.model.language import Language
from inngest_lint.model.value import CALLS, Origin, Ref, Result, Value
from inngest_lint.project.calls import Calls


class Standing(Enum):
    """What the SDK makes of an error of some class."""

    FINAL = "final"  # never tried again
    DELAYED = "delayed"  # tried again at a time of its own
    STEP = "step"  # what a step fails with
    ANY = "any"  # a base of all of these
    PLAIN = "plain"  # like any other error, and none of these
    UNKNOWN = "unknown"


_OF_THE_SDK = {
    "NonRetriableError": Standing.FINAL,
    "RetryAfterError": Standing.DELAYED,
    "StepError": Standing.STEP,
}
_SDK = "inngest"
_BASES = {
    Language.PYTHON: frozenset({"Exception", "BaseException"}),
    Language.TYPESCRIPT: frozenset({"Error"}),
}
_OF_JAVASCRIPT = frozenset(
    {
        "AggregateError",
        "DOMException",
        "EvalError",
        "RangeError",
        "ReferenceError",
        "SyntaxError",
        "TypeError",
        "URIError",
    }
)
_ENDINGS = ("Error", "Exception")
# Classes that derive from each other in a circle end here.
_DEEPEST = 8


def standing(ref: Ref, file: str, calls: Calls, left: int = _DEEPEST) -> Standing:
    """What the SDK makes of an error of a class that a file speaks of."""
    declared = calls.declared(ref, file)
    if declared is not None and left:
        found, place = declared
        return _derived([standing(base, place, calls, left - 1) for base in found.bases])
    known = calls.canonical(ref, file)
    if known is None or not known.path or not known.is_foreign:
        return Standing.UNKNOWN
    if known.origin is Origin.GLOBAL:
        return _builtin(known.path, calls.language(file))
    if known.name == _SDK:
        return _OF_THE_SDK.get(known.path[-1], Standing.UNKNOWN)
    is_named_error = known.path[-1].endswith(_ENDINGS) and not calls.is_local(known, file)
    return Standing.PLAIN if is_named_error else Standing.UNKNOWN


def _derived(bases: list[Standing]) -> Standing:
    """What a class is that derives from others."""
    for special in (Standing.FINAL, Standing.DELAYED, Standing.STEP):
        if special in bases:
            return special
    return Standing.PLAIN if bases and Standing.UNKNOWN not in bases else Standing.UNKNOWN


def _builtin(path: tuple[str, ...], language: Language) -> Standing:
    if len(path) != 1:
        return Standing.UNKNOWN
    if path[0] in _BASES[language]:
        return Standing.ANY
    if language is not Language.PYTHON:
        return Standing.PLAIN if path[0] in _OF_JAVASCRIPT else Standing.UNKNOWN
    found = getattr(builtins, path[0], None)
    is_error = isinstance(found, type) and issubclass(found, Exception)
    return Standing.PLAIN if is_error else Standing.UNKNOWN


def thrown_class(thrown: Value | None) -> Ref | None:
    """The class of what is thrown, where that is written there: `new Error(…)`, `ValueError`."""
    match thrown:
        case Result(of=Call(target=Ref() as target), path=()):
            return target
        case Ref(origin=Origin.GLOBAL | Origin.MODULE | Origin.IMPORT, path=path) if path[-1] not in CALLS:
            return thrown
    return None


def leaving(body: Body, calls: Calls) -> Iterator[tuple[Throw, Standing]]:
    """What a body throws, itself or through the functions of the project that it calls, and nothing in it takes."""
    yield from _leaving(body, calls, set())


def _leaving(body: Body, calls: Calls, seen: set[int]) -> Iterator[tuple[Throw, Standing]]:
    seen.add(id(body))
    caught: set[int] = set()
    for operation in calls.happening(body.block):
        if isinstance(operation, Try) and not all(always_rethrows(c.body, c.binds) for c in operation.catches):
            caught.update(map(id, calls.happening(operation.body)))
        if id(operation) in caught:
            continue
        match operation:
            case Throw(value=value, span=span):
                thrown = thrown_class(value)
                if thrown is not None:
                    yield operation, standing(thrown, span.file, calls)
            case Call():
                callee = calls.callee(operation)
                if callee is not None and not callee.generates and id(callee) not in seen:
                    yield from _leaving(callee, calls, seen)
