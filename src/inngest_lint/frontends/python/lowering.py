"""Lowering: a libcst visitor that walks statements and says what they do, in the words of the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from inngest_lint.frontends.python.definitions import Definitions
from inngest_lint.frontends.python.interrupts import met_by_interrupts
from inngest_lint.frontends.python.scope import STAR, imported
from inngest_lint.model.body import (
    Arm,
    Assign,
    Block,
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
from inngest_lint.model.flow import always_rethrows
from inngest_lint.model.value import Items, Opaque, Origin, Ref, Value
from inngest_lint.text import Span

_INTERRUPTS = ("BaseException",)
# Statements that do nothing when they run; what `global` and `nonlocal` say is read with the names.
_INERT = (cst.Pass, cst.Global, cst.Nonlocal, cst.TypeAlias)


class Lowering(Definitions):
    """The half of the lowering that walks statements.

    Each `visit` lowers its statement whole and keeps libcst from going into it, because evaluation
    order is not the order of the fields.
    """

    def visit_IndentedBlock(self, node: cst.IndentedBlock) -> bool:
        return self._each(node.body)

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        return self._each(node.body)

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> bool:
        return self._each(node.body)

    def _each(self, statements: Sequence[cst.CSTNode]) -> bool:
        for statement in statements:
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
        test = self.value(node.test)
        if node.msg is not None:
            self.value(node.msg)
        self.emit(Branch(self.span(node), (Arm(test, (), self.span(node.test)),)))
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
            if name != STAR:
                self.bind_name(name, Ref(Origin.IMPORT, path, len(path)))
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.emit(Hole(self.span(node), "class"))
        return False

    # Branches and loops

    def visit_If(self, node: cst.If) -> bool:
        test = self.value(node.test)
        first = Arm(test, self._block(node.body), self.span(node.test))
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
            return (Arm(test, self._block(node.body), self.span(node.test)), *self._other_arms(node.orelse))
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
        head = Span(self.parsed.file, self.span(node.pattern).start, self.span(node.guard or node.pattern).end)
        return Arm(None if anything else Opaque((subject, *guard)), self._block(node.body), head)

    def visit_For(self, node: cst.For) -> bool:
        over = self.value(node.iter)
        binds = self.bind_each(node.target, over)
        head = Span(self.parsed.file, self.span(node.target).start, self.span(node.iter).end)
        self._loop(node, Loop(head, binds, over, None, self._block(node.body), head=head))
        return False

    def visit_While(self, node: cst.While) -> bool:
        with self.nested() as block:
            test = self.value(node.test)
            node.body.visit(self)
        head = self.span(node.test)
        self._loop(node, Loop(head, (), None, test, tuple(block), head=head))
        return False

    def _loop(self, node: cst.For | cst.While, loop: Loop) -> None:
        span = Span(self.parsed.file, self.span(node).start, self.span(node.body).end)
        self.emit(replace(loop, span=span))
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
            swallows_interrupts=_takes_interrupts(node.type, types)
            and not always_rethrows(met_by_interrupts(body, binds), binds),
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
        catch = Catch(managed, managed, types, swallows, binds=None, body=())
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
