"""Rule: an event is sent, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.effects import Effect
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.body import Body, Call
from inngest_lint.model.function import Language, Module
from inngest_lint.model.promises import Settled, is_partly_read, outermost, settled
from inngest_lint.model.value import Result
from inngest_lint.model.walk import closures, closures_in, everywhere, own, results_in
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_LABEL = {
    Language.PYTHON: "this makes a coroutine and drops it, so nothing is sent",
    Language.TYPESCRIPT: "the function goes on, and may end, before the event is sent",
}


@rule(on=Module, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def unawaited_send(module: Module, context: Context) -> Iterator[Finding]:
    """An event is sent with the client, and nothing waits until it is."""
    told = {id(call) for call in _told(module, context.project)}
    reported: set[Span] = set()
    for outer in _everything(module):
        for call, function in _sends(outer, context.project):
            if id(call) in told or call.span in reported or not _may_wait(function, context.language):
                continue
            if is_partly_read(outer, module) or is_partly_read(function, module):
                continue
            if settled(call, outer) is Settled.DROPPED and not _is_caught(call, outer):
                reported.add(call.span)
                yield _finding(call, outer, function, context.language)


def _told(module: Module, project: Project) -> Iterator[Call]:
    """What is sent outside the steps of a function, which is a fault of its own."""
    for function in project.functions_of(module):
        for entry in project.entries(function):
            if project.is_durable(entry) or entry is function.handler:
                yield from (occurrence.source for occurrence in project.effects(entry, Effect.SEND))


def _everything(module: Module) -> Iterator[Body]:
    """The functions of a file, those in what it exports among them, and its top level."""
    yield from outermost(module)
    for value in module.names.values():
        yield from closures(value)
    start = Span(module.file, 0, 0)
    yield Body(start, None, start, (), is_async=False, block=module.block)


def _sends(outer: Body, project: Project) -> Iterator[tuple[Call, Body]]:
    """The calls that send an event, and the function each is written in."""
    waiting, seen = [outer], {id(outer)}
    while waiting:
        function = waiting.pop()
        for operation in own(function.block):
            if isinstance(operation, Call) and project.client_method(operation) == "send":
                yield operation, function
            inner = [closure for closure in closures_in(operation) if id(closure) not in seen]
            seen.update(map(id, inner))
            waiting.extend(inner)


def _may_wait(function: Body, language: Language) -> bool:
    """Whether a function can await at all; in Python, one that cannot has to send in another way."""
    return function.is_async or language is not Language.PYTHON


def _is_caught(call: Call, outer: Body) -> bool:
    """`inngest.send(…).catch(log)`: somebody has thought about what becomes of it."""
    chain = {id(call)}
    for operation in everywhere(outer.block):
        if not isinstance(operation, Call) or not isinstance(operation.receiver, Result):
            continue
        if id(operation.receiver.of) in chain:
            method = operation.spelling.rpartition(".")[2]
            if method == "catch" or len(operation.arguments) > 1:
                return True
            chain.add(id(operation))
    return False


def _finding(call: Call, outer: Body, function: Body, language: Language) -> Finding:
    is_alone = not any(call is of for operation in everywhere(outer.block) for of in results_in(operation))
    edit = Edit(call.span.at_start(), "await ")
    return Finding(
        call.span,
        f"`{call.spelling}` is not awaited",
        help="put `await` before the call, or return what it gives",
        label=_LABEL[language],
        fix=Fix("Await the send", (edit,), Applicability.UNSAFE) if is_alone and function.is_async else None,
    )
