"""Found: what the lowering of a TypeScript file has come upon so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from tree_sitter import Node

from inngest_lint.frontends.contexts import Contexts
from inngest_lint.frontends.scope import Frame
from inngest_lint.model.body import Body, Operation
from inngest_lint.model.function import Cast, InngestFunction, Options, Problem
from inngest_lint.model.value import Origin, Ref, Value
from inngest_lint.text import Span


@dataclass(slots=True)
class Found:
    """What lowering has found in the file so far.

    `values` are those given to each name of the top level, `types` the classes that annotations promise for them;
    `handlers` are the functions of the top level that Inngest calls.
    """

    functions: list[InngestFunction] = field(default_factory=list)
    bodies: dict[str, Body] = field(default_factory=dict)
    values: dict[str, list[Value]] = field(default_factory=dict)
    types: dict[str, Ref] = field(default_factory=dict)
    block: list[Operation] = field(default_factory=list)
    clients: set[Ref] = field(default_factory=set)
    options: dict[Span, Options] = field(default_factory=dict)
    casts: dict[Span, Cast] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    handlers: set[str] = field(default_factory=set)

    def declare(self, function: InngestFunction) -> None:
        """An Inngest function was found."""
        kept = [known for known in self.functions if known.span != function.span]
        self.functions = [*kept, function]

    def note_handler(self, value: Value) -> None:
        """A function of the top level is a handler, and no helper."""
        if isinstance(value, Ref) and value.origin is Origin.MODULE and len(value.path) == 1:
            self.handlers.add(value.name)


@dataclass(slots=True)
class Kept:
    """A function that was lowered, and where it stands, to be lowered again when more is known of it."""

    body: Body
    node: Node
    frame: Frame[Node] | None
    told: Contexts | None = None
    again: Body | None = None
