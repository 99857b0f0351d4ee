"""Rule: sync and async code of the SDK are mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.model.bindings import Bound
from inngest_lint.model.body import Argument, Assign, Await, Body, Call, Hole, Return, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Language, Module
from inngest_lint.model.value import Origin, Ref, Result
from inngest_lint.model.walk import refs, refs_in, results_in, walk
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_AWAIT = "await"


@rule(
    on=Module,
    severity=Severity.ERROR,
    category=Category.SDK,
    since="0.1.0",
    languages=frozenset({Language.PYTHON}),
)
def sync_async_mismatch(module: Module, context: Context) -> Iterator[Finding]:
    """Async code stands where the SDK expects sync code, or the other way round."""
    file = _File(module, context.project, context.project.written(module))
    found: dict[Span, Finding] = {}
    for place in file.places:
        for finding in file.findings(place):
            found.setdefault(finding.span, finding)
    yield from found.values()
    for function in module.functions:
        yield from _failure_handler(function, context.project)


def _failure_handler(function: InngestFunction, project: Project) -> Iterator[Finding]:
    if function.on_failure is None or function.on_failure_span is None:
        return
    span = function.on_failure_span
    handler, on_failure = _defined(function.handler, project), _defined(function.on_failure, project)
    if handler is None or on_failure is None or handler.is_async is on_failure.is_async:
        return
    wanted, given = ("`async def`", "`def`") if handler.is_async else ("`def`", "`async def`")
    yield Finding(
        span,
        f"`{function.name}` is {wanted}, its `on_failure` is {given}",
        help=f"write both as {wanted}",
        label="the SDK refuses this pair when the module is imported",
        notes=(Note(on_failure.name_span, f"{given} here"), Note(handler.name_span, f"{wanted} here")),
    )


def _defined(body: Body, project: Project) -> Body | None:
    """A handler where it is defined, perhaps in another file; None where it was not found."""
    match body.block:
        case (Hole(),):
            return None
        case (Call(span=span) as call, *_) if span == body.span:
            return project.callee(call)
    return body


@dataclass(frozen=True)
class _File:
    """A file, and what is written in it."""

    module: Module
    project: Project
    places: tuple[Bound, ...]

    def findings(self, place: Bound) -> Iterator[Finding]:
        """What is wrong with an operation."""
        match place.operation:
            case Await(span=span, value=Result(of=StepCall(immediate=True, spelling=spelling), path=())):
                yield _awaited(span, spelling)
            case StepCall(kind=StepKind.RUN, immediate=True, callback=Argument() as callback) as step:
                body = self.project.callback(step)
                if body is not None and self._gives_coroutine(body):
                    yield _async_callback(callback, step)
            case Call() as call:
                yield from self._send(call, place)

    def _gives_coroutine(self, body: Body) -> bool:
        if body.is_async:
            return not body.generates
        return any(
            isinstance(operation, Return)
            and isinstance(operation.value, Result)
            and isinstance(operation.value.of, Call)
            and not operation.value.path
            and self._is_coroutine(operation.value.of)
            for operation in walk(body.block)
        )

    def _is_coroutine(self, call: Call) -> bool:
        callee = self.project.callee(call)
        if callee is not None:
            return callee.is_async and not callee.generates
        return self.project.client_method(call) == "send"

    def _send(self, call: Call, place: Bound) -> Iterator[Finding]:
        method = self.project.client_method(call)
        if method not in ("send", "send_sync") or self._is_sent_by_handler(place.body):
            return
        is_async = place.body is not None and place.body.is_async
        if method == "send" and not is_async and self._is_dropped(call, place):
            yield _never_sent(call)
        if method == "send_sync" and is_async and place.body is not None:
            yield _blocking(call, place.body, self._fix_of_blocking(call, place))

    def _is_sent_by_handler(self, body: Body | None) -> bool:
        """Whether a body runs in an Inngest function outside steps, where no client may send at all."""
        return body is not None and body.span in self._durable

    @cached_property
    def _durable(self) -> frozenset[Span]:
        """The functions that Inngest functions run outside steps, themselves included."""
        return frozenset(
            reached.span
            for function in self.module.functions
            for entry in self.project.entries(function)
            for reached in self.project.reachable(entry)
        )

    def _is_dropped(self, call: Call, place: Bound) -> bool:
        """Whether nothing is ever done with what a call gives."""
        if place.body is not None and place.body.generates:
            return False
        names = [_name(holder) for holder in self._holders.get(id(call), ())]
        return all(name is not None and name not in self._read for name in names)

    @cached_property
    def _holders(self) -> dict[int, list[Bound]]:
        """The operations that hold the result of another one, by that one's identity."""
        found: dict[int, list[Bound]] = {}
        for place in self.places:
            for given in results_in(place.operation):
                found.setdefault(id(given), []).append(place)
        return found

    @cached_property
    def _read(self) -> frozenset[str]:
        """The names that are read anywhere in the file."""
        return frozenset(ref.name for place in self.places for ref in _refs_read(place))

    def _fix_of_blocking(self, call: Call, place: Bound) -> Fix | None:
        if not self._is_dropped(call, place):
            return None
        edits = (Edit(call.span.at_start(), f"{_AWAIT} "), _renamed(call, "send"))
        return Fix("Await `send`", edits, Applicability.UNSAFE)


def _refs_read(place: Bound) -> Iterator[Ref]:
    if isinstance(place.operation, Assign):
        yield from refs(place.operation.value)
        yield from (target for target in place.operation.targets if len(target.path) > 1)
    else:
        yield from refs_in(place.operation)


def _name(place: Bound) -> str | None:
    """The local name that an operation gives a value to, if that is all it does."""
    match place.operation:
        case Assign(targets=(Ref(origin=Origin.LOCAL, path=(name,)),)):
            return name
    return None


def _awaited(span: Span, spelling: str) -> Finding:
    return Finding(
        Span(span.file, span.start, span.start + len(_AWAIT)),
        f"`await` on `{spelling}`, which gives its result at once",
        help="leave the `await` out, or make the Inngest function `async`",
        label="the result of a sync step cannot be awaited",
    )


def _async_callback(callback: Argument, step: StepCall) -> Finding:
    return Finding(
        callback.span,
        f"`{step.spelling}` of a sync function is given an async function",
        help="write the step's function as `def`, or the Inngest function as `async def`",
        label="this gives a coroutine, which is never run and is no step result",
    )


def _never_sent(call: Call) -> Finding:
    return Finding(
        call.span,
        f"`{call.spelling}` is never awaited, so nothing is sent",
        help="call `send_sync` in a sync function",
        label="this makes a coroutine and drops it",
        fix=Fix("Call `send_sync`", (_renamed(call, "send_sync"),), Applicability.UNSAFE),
    )


def _blocking(call: Call, body: Body, fix: Fix | None) -> Finding:
    return Finding(
        call.span,
        f"`{call.spelling}` blocks the event loop",
        help="await `send` in an async function",
        label="everything else on this loop stands still until the event is sent",
        notes=(Note(body.name_span, "this function is `async`"),),
        fix=fix,
        severity=Severity.WARNING,
    )


def _renamed(call: Call, method: str) -> Edit:
    end = (call.head or call.span).end
    return Edit(Span(call.span.file, end - len(call.spelling.rpartition(".")[2]), end), method)
