"""Swallows: catches around steps that take a failure, and do nothing by which it would be known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.body import Assign, Await, Body, Branch, Call, Catch, Jump, Operation, Return
from inngest_lint.model.flow import leaves
from inngest_lint.model.value import Constant, Items, Origin, Record, Ref, Template, Value
from inngest_lint.model.walk import everywhere, own, refs, refs_in, values, walk
from inngest_lint.project.calls import Calls
from inngest_lint.project.failures.attempts import Attempt, attempts, speaks_of, taking
from inngest_lint.project.failures.errors import Standing, leaving
from inngest_lint.project.failures.retries import is_retried
from inngest_lint.project.outside import is_used

_LOGS = frozenset({Effect.LOG, Effect.PRINT})
_HARMLESS = frozenset({Effect.PURE, Effect.CLOCK, Effect.ENVIRONMENT})
_LOGGER = "logger"
_REPORTING = "reporting"
# A project's own logger may lead to a service in ways that are not followed.
_LOGGERS = frozenset({"log", "logger"})
_LEVELS = frozenset({"critical", "debug", "error", "exception", "fatal", "info", "log", "trace", "warn", "warning"})
_UNDEFINED = Ref(Origin.GLOBAL, ("undefined",))
# What tells an answer that says so from one that is made up.
_TOLD = frozenset({"error", "errors", "failed", "message", "ok", "outcome", "reason", "status", "success"})


class Ending(Enum):
    """How a function goes on after a failure that is swallowed."""

    DROPPED = "dropped"  # as though nothing had been
    LOGGED = "logged"  # the same, but for a log
    COMPLETED = "completed"  # the run ends as a success
    REPLACED = "replaced"  # with something made up in the place of the result


@dataclass(frozen=True, slots=True)
class Swallow:
    """A catch that swallows the failure of the steps of an attempt, and how the function goes on."""

    attempt: Attempt
    catch: Catch
    ending: Ending


def swallows(entry: Body, calls: Calls) -> Iterator[Swallow]:
    """The catches that swallow a failure, in what Inngest calls and in its helpers."""
    for attempt in attempts(entry, calls):
        catch = taking(attempt, Standing.STEP, calls)
        if catch is None or _goes_on_otherwise(attempt, catch) or _is_asked_about(attempt):
            continue
        ending = _ending(attempt, catch, entry, calls)
        if ending is not None and not _is_told_elsewhere(attempt, calls):
            yield Swallow(attempt, catch, ending)


def _goes_on_otherwise(attempt: Attempt, catch: Catch) -> bool:
    """Whether what follows is only come to after a failure: `try { return await … } catch {}`."""
    last = attempt.guarded[-1] if attempt.guarded else None
    return isinstance(last, (Return, Jump)) and not (leaves(catch.body) or _jumps(catch))


def _jumps(catch: Catch) -> bool:
    return bool(catch.body) and isinstance(catch.body[-1], Jump)


def _is_asked_about(attempt: Attempt) -> bool:
    """Whether what the attempt leaves in a name is looked at afterwards, or was there for the case of a failure."""
    held = frozenset(
        target.name
        for operation in own(attempt.guarded)
        if isinstance(operation, Assign) and not operation.updates
        for target in operation.targets
        if target.is_variable
    )
    span = attempt.operation.span
    after = [o for o in everywhere(attempt.body.block) if o.span.start >= span.end]
    used = frozenset(ref.name for o in after for ref in refs_in(o) if ref.is_variable)
    before = frozenset(
        target.name
        for operation in everywhere(attempt.body.block)
        if isinstance(operation, Assign) and operation.span.end <= span.start
        for target in operation.targets
    )
    tested = frozenset(ref.name for o in after if isinstance(o, Branch) for ref in refs_in(o) if ref.is_variable)
    return bool(held & (tested | (used & before)))


def _is_told_elsewhere(attempt: Attempt, calls: Calls) -> bool:
    """Whether it is part of another fault: a loop that retries, or a step that raises an order to the SDK."""
    if is_retried(attempt.operation, attempt.body, calls):
        return True
    inside = (calls.callback(reached.step) for reached in attempt.steps)
    kinds = {kind for body in inside if body is not None for _, kind in leaving(body, calls)}
    return not kinds.isdisjoint({Standing.FINAL, Standing.DELAYED})


def _ending(attempt: Attempt, catch: Catch, entry: Body, calls: Calls) -> Ending | None:
    """What becomes of a failure; None where something is done about it, or may be."""
    operations = tuple(calls.happening(catch.body))
    logs = [o for o in operations if isinstance(o, Call) and _is_log(o, calls)]
    inside = {id(inner) for log in logs for closure in calls.called_at_once(log) for inner in walk(closure.block)}
    others = [o for o in operations if o not in logs and id(o) not in inside]
    if not all(_is_idle(operation, attempt, catch, calls) for operation in others):
        return None
    dropped = Ending.LOGGED if logs else Ending.DROPPED
    if isinstance(attempt.operation, Call):
        return None if is_used(attempt.operation, attempt.body) else dropped
    returns = [operation for operation in walk(catch.body) if isinstance(operation, Return)]
    if any(operation is returned for operation in own(entry.block) for returned in returns):
        return Ending.COMPLETED
    given = [operation.value for operation in returns if operation.value not in (None, _UNDEFINED)]
    return _given(given, attempt, catch, entry) if given else dropped


def _given(given: Sequence[Value | None], attempt: Attempt, catch: Catch, entry: Body) -> Ending | None:
    """What becomes of a failure in whose place something is returned to a caller."""
    is_result = all(value is not None and _is_made_up(value, catch) for value in given)
    return Ending.REPLACED if is_result and attempt.body is not entry else None


def _is_made_up(value: Value, catch: Catch) -> bool:
    """Whether a value looks like a result, and does not say that there is none."""
    if any(speaks_of(ref, catch) for ref in refs(value)):
        return False
    match value:
        case Record(entries=entries):
            return bool(entries) and all(e.key not in _TOLD and not isinstance(e.value, bool) for e in entries)
        case Items():
            return True
    return False


def _is_idle(operation: Operation, attempt: Attempt, catch: Catch, calls: Calls) -> bool:
    """Whether an operation of a catch does nothing about a failure."""
    match operation:
        case Call():
            return _is_harmless(operation, catch, calls)
        case Assign(targets=targets, updates=False):
            return all(_is_of_catch(target, attempt, catch) for target in targets)
        case Branch():
            speaks = any(speaks_of(ref, catch) for value in values(operation) for ref in refs(value))
            return not (speaks and any(isinstance(inner, (Return, Jump)) for inner in walk((operation,))))
    return isinstance(operation, (Await, Jump, Return))


def _is_of_catch(target: Ref, attempt: Attempt, catch: Catch) -> bool:
    """Whether a name is of no use outside of a catch."""
    outside = (o for o in everywhere(attempt.body.block) if not catch.span.contains(o.span))
    is_read = any(ref.name == target.name for o in outside for ref in refs_in(o) if ref.is_variable)
    return target.origin is Origin.LOCAL and len(target.path) == 1 and not is_read


def _is_log(call: Call, calls: Calls) -> bool:
    """Whether a call writes to a log, and does nothing that matters more."""
    if _is_report(call, calls):
        return False
    if calls.classify(call) in _LOGS or _is_logger(call):
        return True
    callee = calls.callee(call)
    effects = {found.effect for found in calls.effects(callee)} if callee is not None else frozenset()
    return not effects.isdisjoint(_LOGS) and effects <= _LOGS | _HARMLESS


def _is_report(call: Call, calls: Calls) -> bool:
    """Whether a call tells a service of an error that alerts somebody."""
    file = call.span.file
    ref = calls.canonical(call.target, file)
    return ref is not None and kinds(_REPORTING, calls.language(file)).of_value(ref.dotted) is not None


def _is_logger(call: Call) -> bool:
    """Whether a call is of the context's logger, or of what the project calls its logger."""
    target, names = call.target, call.spelling.split(".")
    if len(names) > 1 and names[-1] in _LEVELS and names[-2].lstrip("_") in _LOGGERS:
        return True
    return isinstance(target, Ref) and target.origin is Origin.CONTEXT and target.starts_with(_LOGGER)


def _is_harmless(call: Call, catch: Catch, calls: Calls) -> bool:
    if _is_report(call, calls):
        return False
    if calls.classify(call) in _HARMLESS or isinstance(call.receiver, (Constant, Template)):
        return True
    target = call.target
    if not isinstance(target, Ref):
        return False
    # `String(error)` and `error.toString()`, but not what an unknown name holds.
    is_of_language = target.origin is Origin.GLOBAL and len(target.path) == 1
    return is_of_language or speaks_of(target, catch) or (target.origin is Origin.CONTEXT and call.mutates is None)
