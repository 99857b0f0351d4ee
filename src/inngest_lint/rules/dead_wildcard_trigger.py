"""Rule: a trigger has a pattern that no event can match."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.model.events import never_matches
from inngest_lint.model.function import InngestFunction
from inngest_lint.project import Tie
from inngest_lint.rule import Category, Context, rule


@rule(on=InngestFunction, severity=Severity.ERROR, category=Category.EVENTS, since="0.2.0")
def dead_wildcard_trigger(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """A function is triggered by a pattern that no event ever matches."""
    node = context.project.events.node(function)
    for edge in context.project.events.of(node) if node is not None else ():
        if edge.tie is Tie.TRIGGERS and edge.event is not None and never_matches(edge.event):
            yield Finding(
                edge.span,
                f"no event ever matches `{edge.event}`",
                help=f"let the pattern end with `/*` or `.*`{_instead(edge.event)}, or name the events one by one",
                label="never starts the function",
            )


def _instead(pattern: str) -> str:
    """The nearest pattern that is one, as far as there is one."""
    start = pattern.partition("*")[0]
    end = max(start.rfind("/"), start.rfind("."))
    return f", as in `{start[: end + 1]}*`" if end > 0 else ""
