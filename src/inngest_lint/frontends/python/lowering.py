"""Lowering: a libcst visitor that walks statements and says what they do, in the words of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from inngest_lint.frontends.python.calls import Calls, Contexts, handler_contexts
from inngest_lint.frontends.python.functions import Handled
from inngest_lint.frontends.python.scope import Binding, Frame, imported, names_of
from inngest_lint.model.body import (
    Arm,
    Assign,
    Block,
    Body,
    Branch,
    Catch,
    Hole,
    Jump,
    Loop,
    Operation,
    Return,
    Scope,
    Throw,
    Try,
)
from inngest_lint.model.flow import always_rethrows, always_throws
from inngest_lint.model.value import Closure, Items, Opaque, Origin, Ref, Value
from inngest_lint.text import Span

_INTERRUPTS = ("BaseException",)
# Decorators that leave what a call does as it is.
_SAME = ("staticmethod", "classmethod", "override")
# Statements that do nothing when they run; what `global` and `nonlocal` say is read with the names.
_INERT = (cst.Pass, cst.Global, cst.Nonlocal, cst.TypeAlias)


class Lowering(Calls):
    """The half of the lowering that walks statements.

    Each `visit` lowers its statement whole and keeps libcst from going into it, because evaluation
    order is not the order of the fields.
    """

    # Functions

    def function(self, node: cst.FunctionDef, *, owner: str | None, contexts: Contexts, immediate: bool | None) -> Body:
        """A function definition as a body; `contexts` are the parameters that are given a part of the context."""
        names = names_of(node.body)
        frame = Frame(
            self.frame,
            {name: Binding(count) for name, count in names.counts.items()},
            names.nonlocals,
            names.globals,
            names.functions,
            owner=owner or self.frame.owner,
            is_async=node.asynchronous is not None,
        )
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
        )

    def local_function(self, name: str, frame: Frame, origin: Origin, span: Span) -> Value:
        body = frame.lowered.get(name)
        if body is None and name not in frame.pending:
            body = self._lower_local(name, frame, {}, immediate=None)
        # A function that calls itself, or is not lowered yet, is known by its name.
        return Ref(origin, (name,), 1, span) if body is None else Closure(body)

    def _lower_local(self, name: str, frame: Frame, contexts: Contexts, *, immediate: bool | None) -> Body:
        frame.pending.add(name)
        outer, self.frame = self.frame, frame
        try:
            with self.nested():
                body = self.function(frame.functions[name], owner=None, contexts=contexts, immediate=immediate)
        finally:
            self.frame = outer
            frame.pending.discard(name)
        frame.lowered[name] = body
        return body

    def specialised(self, body: Body, contexts: Contexts, *, immediate: bool) -> Body:
        """A local function again, with parts of the context for some of its parameters."""
        frame: Frame | None = self.frame
        while frame is not None:
            name = next((name for name, lowered in frame.lowered.items() if lowered is body), None)
            if name is not None:
                return self._lower_local(name, frame, contexts, immediate=immediate)
            frame = frame.parent
        return body

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        made = [self.value(decorator.decorator) for decorator in node.decorators]
        for parameter in (*node.params.params, *node.params.kwonly_params):
            if parameter.default is not None:
                self.value(parameter.default)
        creation = self.creation(made)
        body = self._defined(node, as_handler=creation is not None)
        if creation is not None:
            self.declare(creation, Handled(body, node.name.value, body.name_span))
        self.emit(Assign(body.span, self.targets(node.name), Closure(body)))
        return False

    def _defined(self, node: cst.FunctionDef, *, as_handler: bool) -> Body:
        name, frame = node.name.value, self.frame
        if as_handler:
            body = self.function(node, owner=None, **handler_contexts(node, is_method=False))
            frame.lowered[name] = body
            return body
        if name in frame.functions:
            return frame.lowered.get(name) or self._lower_local(name, frame, {}, immediate=None)
        # Bound more than once, or at the top level: nothing in this frame calls it by its name alone.
        return self.function(node, owner=None, contexts={}, immediate=None)

    # Statements

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> bool:
        for statement in node.body:
            self.statement(statement)
        return False

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        for statement in node.body:
            self.statement(statement)
        return False

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> bool:
        for statement in node.body:
            self.statement(statement)
        return False

    def visit_Expr(self, node: cst.Expr) -> bool:
        self.value(node.value)
        return False

    def visit_Assign(self, node: cst.Assign) -> bool:
        value = self.value(node.value)
        self.assign(node, [target.target for target in node.targets], value)
        return False

    def visit_AnnAssign(self, node: cst.AnnAssign) -> bool:
        declared = self.annotation(node.annotation)
        if node.value is None:
            return False
        value = self.value(node.value)
        self.assign(node, [node.target], value)
        last = self.block[-1]
        if declared is not None and isinstance(last, Assign):
            self.block[-1] = replace(last, declares=declared)
        return False

    def visit_AugAssign(self, node: cst.AugAssign) -> bool:
        before = self.value(node.target)
        value = Opaque((before, self.value(node.value)))
        self.emit(Assign(self.span(node), self.targets(node.target), value, updates=True))
        return False

    def visit_Del(self, node: cst.Del) -> bool:
        self.emit(Assign(self.span(node), self.targets(node.target), Opaque(), updates=True))
        return False

    def visit_Return(self, node: cst.Return) -> bool:
        value = self.value(node.value) if node.value is not None else None
        self.emit(Return(self.span(node), value))
        return False

    def visit_Raise(self, node: cst.Raise) -> bool:
        value = self.value(node.exc) if node.exc is not None else None
        if node.cause is not None:
            self.value(node.cause.item)
        self.emit(Throw(self.span(node), value))
        return False

    def visit_Assert(self, node: cst.Assert) -> bool:
        self.value(node.test)
        if node.msg is not None:
            self.value(node.msg)
        return False

    def visit_Break(self, node: cst.Break) -> bool:
        self.emit(Jump(self.span(node), "break"))
        return False

    def visit_Continue(self, node: cst.Continue) -> bool:
        self.emit(Jump(self.span(node), "continue"))
        return False

    def visit_Import(self, node: cst.Import) -> bool:
        return self._import(node)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return self._import(node)

    def _import(self, node: cst.Import | cst.ImportFrom) -> bool:
        for name, path in imported(node):
            self.bind_name(name, Ref(Origin.IMPORT, path, len(path)))
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.emit(Hole(self.span(node), "class"))
        return False

    # Branches and loops

    def visit_If(self, node: cst.If) -> bool:
        test = self.value(node.test)
        first = Arm(test, self._block(node.body))
        self.emit(Branch(self.span(node), (first, *self._other_arms(node.orelse))))
        return False

    def _other_arms(self, node: cst.If | cst.Else | None) -> tuple[Arm, ...]:
        if node is None:
            return ()
        if isinstance(node, cst.Else):
            return (Arm(None, self._block(node.body)),)
        with self.nested() as before:
            test = self.value(node.test)
        if not before:
            return (Arm(test, self._block(node.body)), *self._other_arms(node.orelse))
        with self.nested() as block:
            self.visit_If(node)
        return (Arm(None, tuple(block)),)

    def visit_Match(self, node: cst.Match) -> bool:
        subject = self.value(node.subject)
        arms = [self._case(case, subject) for case in node.cases]
        self.emit(Branch(self.span(node), tuple(arms)))
        return False

    def _case(self, node: cst.MatchCase, subject: Value) -> Arm:
        guard = (self.value(node.guard),) if node.guard is not None else ()
        anything = isinstance(node.pattern, cst.MatchAs) and node.pattern.pattern is None and not guard
        return Arm(None if anything else Opaque((subject, *guard)), self._block(node.body))

    def visit_For(self, node: cst.For) -> bool:
        over = self.value(node.iter)
        binds = self.bind_each(node.target, over)
        self._loop(node, binds, over, None, self._block(node.body))
        return False

    def visit_While(self, node: cst.While) -> bool:
        with self.nested() as block:
            test = self.value(node.test)
            node.body.visit(self)
        self._loop(node, (), None, test, tuple(block))
        return False

    def _loop(
        self, node: cst.For | cst.While, binds: tuple[Ref, ...], over: Value | None, test: Value | None, body: Block
    ) -> None:
        span = Span(self.parsed.file, self.span(node).start, self.span(node.body).end)
        self.emit(Loop(span, binds, over, test, body))
        if node.orelse is not None:
            node.orelse.body.visit(self)

    def _block(self, node: cst.BaseSuite) -> Block:
        with self.nested() as block:
            node.visit(self)
        return tuple(block)

    # Errors and scopes

    def visit_Try(self, node: cst.Try) -> bool:
        self._try(node)
        return False

    def visit_TryStar(self, node: cst.TryStar) -> bool:
        self._try(node)
        return False

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        body = self._block(node.body)
        catches = tuple(self._catch(handler) for handler in node.handlers)
        otherwise = self._block(node.orelse.body) if node.orelse else ()
        final = self._block(node.finalbody.body) if node.finalbody else ()
        final_span = self.span(node.finalbody) if node.finalbody else None
        self.emit(Try(self.span(node), body, catches, otherwise, final, final_span))

    def _catch(self, node: cst.ExceptHandler | cst.ExceptStarHandler) -> Catch:
        types = self._caught(node.type)
        binds = node.name.name.value if node.name and isinstance(node.name.name, cst.Name) else None
        body = self._block(node.body)
        span = self.span(node)
        return Catch(
            span=span,
            head=Span(span.file, span.start, self._head_end(node, span)),
            types=types,
            swallows_interrupts=_takes_interrupts(node.type, types) and not always_rethrows(body, binds),
            rethrows=always_throws(body),
            binds=binds,
            body=body,
        )

    def _head_end(self, node: cst.ExceptHandler | cst.ExceptStarHandler, span: Span) -> int:
        last = node.name or node.type
        return self.span(last).end if last is not None else span.start + len("except")

    def _caught(self, node: cst.BaseExpression | None) -> tuple[Ref, ...]:
        if node is None:
            return ()
        value = self.value(node)
        listed = value.values if isinstance(value, Items) else (value,)
        return tuple(ref for ref in listed if isinstance(ref, Ref))

    def visit_With(self, node: cst.With) -> bool:
        self._with(node, list(node.items))
        return False

    def _with(self, node: cst.With, items: Sequence[cst.WithItem]) -> None:
        if not items:
            node.body.visit(self)
            return
        item, *rest = items
        manager = self.value(item.item)
        binds = self._enter(item, manager)
        with self.nested() as block:
            self._with(node, rest)
        start = self.span(node).start if len(items) == len(node.items) else self.span(item).start
        span = Span(self.parsed.file, start, self.span(node).end)
        self.emit(self._scope(span, item, manager, binds, tuple(block)))

    def _enter(self, item: cst.WithItem, manager: Value) -> tuple[Ref, ...]:
        if item.asname is None:
            return ()
        target = item.asname.name
        if isinstance(target, cst.Name):
            self.bind_name(target.value, manager)
        return self.targets(target)

    def _scope(self, span: Span, item: cst.WithItem, manager: Value, binds: tuple[Ref, ...], block: Block) -> Operation:
        managed = self.span(item.item)
        call = self.called(manager)
        if call is None or call.target not in self.module.suppressors:
            return Scope(span, manager, managed, binds, block, self.canonical(manager))
        types = tuple(argument.value for argument in call.arguments if isinstance(argument.value, Ref))
        swallows = any(type_.path == _INTERRUPTS for type_ in types)
        catch = Catch(managed, managed, types, swallows, rethrows=False, binds=None, body=())
        return Try(span, block, (catch,), (), (), None)

    def statement(self, node: cst.CSTNode) -> None:
        """Lower one statement; a kind that no method here knows is a hole."""
        name = f"visit_{type(node).__name__}"
        known = getattr(type(self), name, None) is not getattr(cst.CSTVisitor, name, None)
        if known:
            node.visit(self)
        elif not isinstance(node, _INERT):
            self.emit(Hole(self.span(node), type(node).__name__))


def _takes_interrupts(node: cst.BaseExpression | None, types: tuple[Ref, ...]) -> bool:
    return node is None or any(ref.origin is Origin.GLOBAL and ref.path == _INTERRUPTS for ref in types)


def _is_static(node: cst.FunctionDef) -> bool:
    return "staticmethod" in _decorator_names(node)


def _decorator_names(node: cst.FunctionDef) -> list[str]:
    """The plain names that decorate a function; empty ones for all else."""
    found = (decorator.decorator for decorator in node.decorators)
    return [name.value if isinstance(name, cst.Name) else "" for name in found]
