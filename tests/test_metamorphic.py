"""What changes nothing about a Python program changes nothing about its model."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence

import libcst as cst
import pytest
from corpus import corpus

from inngest_lint.frontends import lower
from inngest_lint.frontends.python.scope import dotted, names_of
from inngest_lint.model.dump import dump
from inngest_lint.model.language import Language
from inngest_lint.text import Source

Change = Callable[[cst.Module], cst.Module]
_REMARK = [cst.EmptyLine(indent=False), cst.EmptyLine(comment=cst.Comment("# a remark about nothing"))]


class _Remarks(cst.CSTTransformer):
    """Puts a blank line and a comment before each statement."""

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        return updated_node.with_changes(leading_lines=[*updated_node.leading_lines, *_REMARK])

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(leading_lines=[*updated_node.leading_lines, *_REMARK])

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        return updated_node.with_changes(leading_lines=[*updated_node.leading_lines, *_REMARK])


class _Renaming(cst.CSTTransformer):
    """Renames names wherever they stand for a variable."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self.names = names

    def visit_Attribute_attr(self, node: cst.Attribute) -> None:
        self.names_before = self.names
        self.names = set()

    def leave_Attribute_attr(self, node: cst.Attribute) -> None:
        self.names = self.names_before

    def visit_Arg_keyword(self, node: cst.Arg) -> None:
        self.kept = self.names
        self.names = set()

    def leave_Arg_keyword(self, node: cst.Arg) -> None:
        self.names = self.kept

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        if original_node.value not in self.names:
            return updated_node
        return updated_node.with_changes(value=f"{original_node.value}_renamed")


class _Locals(cst.CSTVisitor):
    """The variables of functions, and the names that must stay as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.bound: set[str] = set()
        self.fixed: set[str] = set(dir(builtins))

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        names = names_of(node.body)
        self.bound |= set(names.counts) - set(names.functions)
        self.fixed |= {*names.functions, *names.globals, node.name.value}

    def visit_Param(self, node: cst.Param) -> None:
        self.fixed.add(node.name.value)

    def visit_ImportAlias(self, node: cst.ImportAlias) -> None:
        self.fixed |= set(dotted(node.name)[:1])
        if node.asname is not None and isinstance(node.asname.name, cst.Name):
            self.fixed.add(node.asname.name.value)


class _Aliases(cst.CSTTransformer):
    """Gives each imported name an alias."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def leave_ImportAlias(self, original_node: cst.ImportAlias, updated_node: cst.ImportAlias) -> cst.ImportAlias:
        if original_node.asname is not None or not isinstance(original_node.name, cst.Name):
            return updated_node
        name = original_node.name.value
        self.names.add(name)
        alias = cst.AsName(cst.Name(f"{name}_renamed"), cst.SimpleWhitespace(" "), cst.SimpleWhitespace(" "))
        return updated_node.with_changes(asname=alias)


def with_remarks(module: cst.Module) -> cst.Module:
    return module.visit(_Remarks())


def with_renamed_variables(module: cst.Module) -> cst.Module:
    names = _Locals()
    module.visit(names)
    top = names_of(module)
    return module.visit(_Renaming(names.bound - names.fixed - set(top.counts)))


def with_aliased_imports(module: cst.Module) -> cst.Module:
    aliases = _Aliases()
    aliased = module.visit(aliases)
    return aliased.visit(_Renaming(aliases.names))


def with_functions_last(module: cst.Module) -> cst.Module:
    plain = [s for s in module.body if isinstance(s, cst.FunctionDef) and not s.decorators]
    others: Sequence[cst.BaseStatement | cst.SimpleStatementLine] = [s for s in module.body if s not in plain]
    return module.with_changes(body=[*others, *plain])


@pytest.mark.parametrize(
    "change",
    [with_remarks, with_renamed_variables, with_aliased_imports, with_functions_last],
    ids=lambda c: c.__name__,
)
def test_the_model_does_not_change(change: Change) -> None:
    different = []
    for source, module in corpus(Language.PYTHON):
        changed = Source(source.file, change(cst.parse_module(source.text)).bytes)
        if dump(lower(changed)) != dump(module):
            different.append(source.file)

    assert different == []


def test_renaming_and_moving_do_change_the_text() -> None:
    source = next(source for source, _ in corpus(Language.PYTHON) if source.file.endswith("everything.py"))
    tree = cst.parse_module(source.text)

    assert all(change(tree).bytes != source.text for change in (with_renamed_variables, with_aliased_imports))
