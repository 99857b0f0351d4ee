"""Definitions: functions defined in functions, and the handlers among them."""

from __future__ import annotations

import libcst as cst

from inngest_lint.frontends.contexts import Contexts
from inngest_lint.frontends.functions import Handled
from inngest_lint.frontends.python.calls import Calls
from inngest_lint.frontends.python.contexts import handler_contexts
from inngest_lint.frontends.python.scope import names_of
from inngest_lint.frontends.scope import Binding, Frame
from inngest_lint.model.body import Assign, Body
from inngest_lint.model.value import Closure, Origin, Ref, Value

# Decorators that leave what a call does as it is.
_SAME = ("staticmethod", "classmethod", "override")


class Definitions(Calls):
    """The part of the lowering that reads function definitions."""

    def function(self, node: cst.FunctionDef, *, owner: str | None, contexts: Contexts, immediate: bool | None) -> Body:
        """A function definition as a body; `contexts` are the parameters that are given a part of the context."""
        frame = self._framed(node, owner)
        parameters = self.parameters(node.params, frame)
        if owner is not None and parameters and not _is_static(node):
            frame.this = parameters[0].name
        for name, part in contexts.items():
            frame.names[name] = Binding(1, [Ref(Origin.CONTEXT, part, len(part))])
        if contexts and immediate is not None:
            frame.immediate = immediate
        with self.inside(frame) as block:
            node.body.visit(self)
        return Body(
            span=self.span(node),
            name=node.name.value,
            name_span=self.span(node.name),
            parameters=parameters,
            is_async=frame.is_async,
            block=tuple(block),
            owner=owner,
            returns=self.annotation(node.returns),
            generates=frame.generates,
            decorated=any(name not in _SAME for name in _decorator_names(node)),
            annotated=node.returns is not None,
        )

    def _framed(self, node: cst.FunctionDef, owner: str | None) -> Frame[cst.FunctionDef]:
        names = names_of(node.body)
        return Frame(
            self.frame,
            {name: Binding(count) for name, count in names.counts.items()},
            names.nonlocals,
            names.globals,
            names.functions,
            owner=owner or self.frame.owner,
            is_async=node.asynchronous is not None,
        )

    def defined(self, node: cst.FunctionDef, name: str, contexts: Contexts, *, immediate: bool | None) -> Body:
        """A function defined in a function, lowered."""
        return self.function(node, owner=None, contexts=contexts, immediate=immediate)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        made = [self.value(decorator.decorator) for decorator in node.decorators]
        for parameter in (*node.params.params, *node.params.kwonly_params):
            if parameter.default is not None:
                self.value(parameter.default)
        creation = self.creation(made)
        body = self._defined(node, as_handler=creation is not None)
        if creation is not None:
            self.declare(creation, Handled(body, node.name.value, body.name_span))
        self._note_step(made, body)
        self.emit(Assign(body.span, self.targets(node.name), Closure(body)))
        return False

    def _note_step(self, decorators: list[Value], body: Body) -> None:
        """Take note of a function whose calls are steps."""
        for value in decorators:
            step = self.step_decoration(value)
            if step is not None:
                self.module.step_ids[id(body)] = step

    def _defined(self, node: cst.FunctionDef, *, as_handler: bool) -> Body:
        name, frame = node.name.value, self.frame
        if as_handler:
            body = self.function(node, owner=None, **handler_contexts(node, is_method=False))
            frame.lowered[name] = body
            return body
        if name in frame.functions:
            return frame.lowered.get(name) or self.lowered_here(name, frame, {}, immediate=None)
        # Bound more than once, or at the top level: nothing in this frame calls it by its name alone.
        return self.function(node, owner=None, contexts={}, immediate=None)


def _is_static(node: cst.FunctionDef) -> bool:
    return "staticmethod" in _decorator_names(node)


def _decorator_names(node: cst.FunctionDef) -> list[str]:
    """The plain names that decorate a function; empty ones for all else."""
    found = (decorator.decorator for decorator in node.decorators)
    return [name.value if isinstance(name, cst.Name) else "" for name in found]
