"""Rule: waits for the events of several items come one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.body import Loop
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import is_partly_read, outermost
from inngest_lint.model.walk import own
from inngest_lint.project.waits.rows import Queued, queued
from inngest_lint.rule import Category, Context, rule

_HELP = {
    Language.PYTHON: "begin all waits at once, in `ctx.group.parallel`, with `functools.partial` for each item",
    Language.TYPESCRIPT: "begin all waits at once: `await Promise.all(items.map((item) => step.waitForEvent(…)))`",
}


@rule(on=Module, severity=Severity.WARNING, category=Category.EVENTS, since="0.2.0")
def sequential_waits(module: Module, context: Context) -> Iterator[Finding]:
    """A loop waits for the event of one item before it begins to wait for that of the next."""
    seen: set[int] = set()
    for outer in outermost(module):
        if is_partly_read(outer, module):
            continue
        for body in context.project.reachable(outer):
            for loop in own(body.block):
                if isinstance(loop, Loop) and id(loop) not in seen and body.span.file == module.file:
                    seen.add(id(loop))
                    yield from (_finding(loop, one, context.language) for one in queued(loop, context.project))


def _finding(loop: Loop, one: Queued, language: Language) -> Finding:
    notes = [Note(loop.head, "one after the other for each of these")] if loop.head is not None else []
    if one.within is not None:
        notes.append(Note(one.within, "the wait"))
    return Finding(
        one.span,
        "an event for a later item is missed while this waits for an earlier one",
        help=_HELP[language],
        label="the wait for the next item begins only when this one is over",
        notes=tuple(notes),
    )
