"""Deeds: what code does to the world, and whether it changes anything there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from inngest_lint.effects import Effect
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.body import Call
from inngest_lint.model.value import CALLS, Constant, Record, Result
from inngest_lint.model.walk import members

if TYPE_CHECKING:
    from inngest_lint.model.body import Body
    from inngest_lint.project import Project
    from inngest_lint.project.calls import Occurrence

WORK = (
    Effect.NETWORK,
    Effect.DATABASE,
    Effect.FILESYSTEM,
    Effect.PROCESS,
    Effect.LLM,
    Effect.MAIL,
    Effect.PAYMENT,
    Effect.MESSAGE,
    Effect.QUEUE,
    Effect.STORAGE,
    Effect.CLOUD,
    Effect.SEND,
)
"""The effects that take time and can fail."""

# What these do is never taken back, nor is it to look something up.
_CHANGES = frozenset({Effect.MAIL, Effect.MESSAGE, Effect.SEND})
_METHOD = "method"
# `insert(…).execute()` inserts.
_SILENT = frozenset({*CALLS, "execute"})
_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Nature(Enum):
    """Whether a deed leaves the world as it was."""

    READS = "reads"
    CHANGES = "changes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Deed:
    """An effect of a call of a body, on work of some kind, and its nature: the strongest there is behind the call."""

    occurrence: Occurrence
    nature: Nature

    @property
    def effect(self) -> Effect:
        """What it is done to."""
        return self.occurrence.effect

    @property
    def call(self) -> Call:
        """The call in the body asked about."""
        return self.occurrence.call


def deeds(body: Body, project: Project) -> Iterator[Deed]:
    """What a body does to the world outside any step, in order; one of a kind for each of its calls."""
    found = tuple(project.effects(body, *WORK))
    # `connect(…).execute(…)` is one deed.
    begun = {id(o.call.receiver.of) for o in found if isinstance(o.call.receiver, Result)}
    for occurrence in found:
        if id(occurrence.call) not in begun:
            yield Deed(occurrence, _strongest(_natures(occurrence, project)))


def nature(call: Call, effect: Effect, project: Project) -> Nature:
    """Whether a call that has an effect itself changes anything."""
    if effect in _CHANGES:
        return Nature.CHANGES
    dotted = project.dotted(call) or call.spelling
    requested = _requested(call, dotted, project) if effect is Effect.NETWORK else None
    if requested is not None:
        return requested
    last = next((hop for hop in reversed(dotted.replace("()", "").split(".")) if hop not in _SILENT), "")
    known = kinds("deeds", project.module(call.span.file).language).of_value(last)
    return Nature(known.name) if known is not None else Nature.UNKNOWN


def _natures(occurrence: Occurrence, project: Project) -> Iterator[Nature]:
    callee = project.callee(occurrence.call) if len(occurrence.path) > 1 else None
    if callee is None:
        yield nature(occurrence.source, occurrence.effect, project)
        return
    for operation in project.running(callee):
        if isinstance(operation, Call) and project.classify(operation) is occurrence.effect:
            yield nature(operation, occurrence.effect, project)


def _strongest(found: Iterator[Nature]) -> Nature:
    natures = set(found)
    if natures == {Nature.READS}:
        return Nature.READS
    return Nature.CHANGES if Nature.CHANGES in natures else Nature.UNKNOWN


def _requested(call: Call, dotted: str, project: Project) -> Nature | None:
    """What a request is by its method, where it is told as an option or not at all; None where the name says it."""
    language = project.module(call.span.file).language
    given = [member for argument in call.arguments for member in members(argument.value)]
    options = [member for member in given if isinstance(member, Record) and member.get(_METHOD) is not None]
    if options:
        method = options[0].get(_METHOD)
        value = method.value if method is not None else None
        return _of_method(value.value) if isinstance(value, Constant) else Nature.UNKNOWN
    is_plain = kinds("deeds", language).of_value(f"{dotted}()")
    if is_plain is None:
        return None
    options_known = (isinstance(option.value, Record) and option.value.complete for option in call.arguments[1:])
    return Nature.READS if all(options_known) else Nature.UNKNOWN


def _of_method(method: object) -> Nature:
    return Nature.READS if str(method).upper() in _READING_METHODS else Nature.CHANGES
