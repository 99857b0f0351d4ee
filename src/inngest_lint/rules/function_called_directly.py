"""Rule: what creates an Inngest function gives is called like a function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.body import Call
from inngest_lint.model.function import Module
from inngest_lint.model.language import Language
from inngest_lint.model.testing import is_test
from inngest_lint.rule import Category, Context, rule

if TYPE_CHECKING:
    from inngest_lint.text import Span

_IN_TEST = {
    Language.PYTHON: "run it with `trigger` of `inngest.experimental.mocked`",
    Language.TYPESCRIPT: "run it with the `InngestTestEngine` of `@inngest/test`",
}
_ELSEWHERE = {
    Language.PYTHON: "call the plain function with the work in it, or take a `ctx.step.invoke`",
    Language.TYPESCRIPT: "call the plain function with the work in it, or take a `step.invoke`",
}
# What puts something else in the place of modules, the client among them.
_MOCKS = frozenset({"jest.mock", "vi.mock"})


@rule(on=Module, severity=Severity.ERROR, category=Category.SDK, since="0.2.0")
def function_called_directly(module: Module, context: Context) -> Iterator[Finding]:
    """An Inngest function is called like a function, which it is not."""
    places = context.project.written(module)
    if any(isinstance(place.operation, Call) and place.operation.spelling in _MOCKS for place in places):
        return
    told: set[Span] = set()
    for place in places:
        call = place.operation
        if not isinstance(call, Call) or call.span in told:
            continue
        if context.project.is_made(call.target, place.names, module.file):
            told.add(call.span)
            yield _finding(call, module)


def _finding(call: Call, module: Module) -> Finding:
    place = call.head or call.span
    helps = _IN_TEST if is_test(module.file) else _ELSEWHERE
    return Finding(
        place,
        f"`{call.spelling}` is an Inngest function, and cannot be called",
        help=helps[module.language],
        label="a `TypeError` is raised here: it is an object for `serve`, not the handler",
    )
