"""Rule: an event is sent, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
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
    told = frozenset(_told(module, context.project))
    found: dict[Span, Finding] = {}
    for outer in _everything(module):
        for call, function in _lost(outer, module, context):
            if call.span not in told:
                found.setdefault(call.span, _finding(call, outer, function, context.language))
    yield from found.values()


def _lost(outer: Body, module: Module, context: Context) -> Iterator[tuple[Call, Body]]:
    """The sends in a function that nothing becomes of, and the function each is written in."""
    if is_partly_read(outer, module):
        return
    for call, function in _sends(outer, context.project):
        is_lost = settled(call, outer) is Settled.DROPPED and not _is_caught(call, outer)
        if is_lost and _may_wait(function, context.language):
            yield call, function


def _told(module: Module, project: Project) -> Iterator[Span]:
    """What is sent outside the steps of a function, itself or through helpers, which is a fault of its own."""
    for function in project.functions_of(module):
        for entry in project.entries(function):
            if entry is function.handler or project.is_durable(entry):
                yield from (o.span for o in project.running(entry) if isinstance(o, Call) and _is_send(o, project))


def _everything(module: Module) -> Iterator[Body]:
    """The functions of a file, those in what it exports and those that its top level hands on among them.

    What the top level itself sends goes out before the process ends.
    """
    yield from outermost(module)
    for value in module.names.values():
        yield from closures(value)
    for operation in own(module.block):
        yield from closures_in(operation)


def _sends(outer: Body, project: Project) -> Iterator[tuple[Call, Body]]:
    """The calls that send an event, and the function each is written in."""
    waiting, seen = [outer], {id(outer)}
    while waiting:
        function = waiting.pop()
        for operation in own(function.block):
            if isinstance(operation, Call) and _is_send(operation, project):
                yield operation, function
            inner = [closure for closure in closures_in(operation) if id(closure) not in seen]
            seen.update(map(id, inner))
            waiting.extend(inner)


def _is_send(call: Call, project: Project) -> bool:
    return project.client_method(call) == "send"


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
