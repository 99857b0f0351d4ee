"""Bound names: which names the functions and imports of Python bind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache

import libcst as cst

Imported = tuple[str, tuple[str, ...]]
"""A name that an import binds, and the path it stands for; relative paths begin with dots."""

STAR = "*"
"""The name under which `from a import *` stands, with the path of the module."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a block of statements binds in its own function."""

    counts: dict[str, int]
    nonlocals: frozenset[str]
    globals: frozenset[str]
    functions: dict[str, cst.FunctionDef]


def names_of(block: cst.CSTNode) -> Names:
    """The names bound in a block, nested functions and classes left out."""
    counts: dict[str, int] = {}
    functions: dict[str, cst.FunctionDef] = {}
    nonlocals: set[str] = set()
    globals_: set[str] = set()
    for node in code(block, _OWN_SCOPE):
        # libcst's nodes are abstract base classes: to match each against all of these is slow.
        if type(node) not in _NAMING:
            continue
        for name in _bound_by(node):
            counts[name] = counts.get(name, 0) + 1
        match node:
            case cst.FunctionDef():
                functions[node.name.value] = node
            case cst.Nonlocal():
                nonlocals.update(item.name.value for item in node.names)
            case cst.Global():
                globals_.update(item.name.value for item in node.names)
    for name in nonlocals | globals_:
        counts.pop(name, None)
    functions = {name: node for name, node in functions.items() if counts.get(name) == 1}
    return Names(counts, frozenset(nonlocals), frozenset(globals_), functions)


def _bound_by(node: cst.CSTNode) -> list[str]:
    """The names that a node itself binds."""
    match node:
        case cst.AssignTarget() | cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr() | cst.For():
            return target_names(node.target)
        case cst.FunctionDef() | cst.ClassDef() | cst.AsName():
            return target_names(node.name)
        case cst.ImportAlias(asname=None):
            return target_names(_first_name(node.name))
        case cst.MatchAs(name=cst.Name(value=name)) | cst.MatchStar(name=cst.Name(value=name)):
            return [name]
    return []


def target_names(target: cst.BaseExpression) -> list[str]:
    """The plain names in the target of an assignment."""
    match target:
        case cst.Name(value=name):
            return [name]
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            return [name for element in elements for name in target_names(element.value)]
    return []


_OWN_SCOPE = (cst.FunctionDef, cst.ClassDef, cst.Lambda)
_NAMING = frozenset(
    (
        *(cst.AssignTarget, cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.FunctionDef, cst.ClassDef),
        *(cst.AsName, cst.ImportAlias, cst.MatchAs, cst.MatchStar, cst.Nonlocal, cst.Global),
    )
)
# The fields of libcst's nodes that hold no names: white space, brackets, and what stands between parts.
_PUNCTUATION = re.compile(
    r"white\w*|[lr](par|bracket|brace)|\w*_lines|lines_\w*|header|footer|indent|trailing_\w*|encoding|default_\w*"
    r"|comma|colon|semicolon|equal|dot|value_token|operator|star|asynchronous|prefix|start|end|quote|relative"
)
_PLAIN = (str, bool, cst.MaybeSentinel)
_LEAVES = (cst.Name, cst.SimpleString, cst.BaseNumber, cst.Ellipsis)
_WHITE_SPACE = (cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace, cst.EmptyLine)


class Quick(cst.CSTVisitor):
    """A visitor that passes white space by and asks for no attributes: most of what walking a tree costs."""

    def on_visit(self, node: cst.CSTNode) -> bool:
        return not isinstance(node, _WHITE_SPACE) and super().on_visit(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        return

    def on_visit_attribute(self, node: cst.CSTNode, attribute: str) -> None:
        return

    def on_leave_attribute(self, original_node: cst.CSTNode, attribute: str) -> None:
        return


def code(tree: cst.CSTNode, closed: tuple[type[cst.CSTNode], ...]) -> Iterator[cst.CSTNode]:
    """Each node in the order it stands, but for white space and punctuation; the closed kinds are not entered.

    libcst's own walk makes every node it passes anew.
    """
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if type(node) not in closed:
            waiting.extend(reversed(_children(node)))


def _children(node: cst.CSTNode) -> list[cst.CSTNode]:
    found: list[cst.CSTNode] = []
    for name in _fields_of(type(node)):
        held: object = getattr(node, name)
        if isinstance(held, (tuple, list)):
            found.extend(held)
        elif held is not None and not isinstance(held, _PLAIN) and isinstance(held, cst.CSTNode):
            found.append(held)
    return found


@cache
def _fields_of(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    if issubclass(kind, _LEAVES):
        return ()
    return tuple(each.name for each in fields(kind) if not _PUNCTUATION.fullmatch(each.name))


def _first_name(name: cst.BaseExpression) -> cst.BaseExpression:
    while isinstance(name, cst.Attribute):
        name = name.value
    return name


def dotted(name: cst.BaseExpression | None) -> tuple[str, ...]:
    """The parts of a dotted name in an import."""
    match name:
        case cst.Name(value=part):
            return (part,)
        case cst.Attribute(value=value, attr=attribute):
            return (*dotted(value), attribute.value)
    return ()


def imported(node: cst.Import | cst.ImportFrom) -> list[Imported]:
    """The names an import binds, each with the path it stands for; relative paths begin with dots.

    `STAR` stands for all the names of the module it is with.
    """
    if isinstance(node, cst.Import):
        return [_plain_import(alias) for alias in node.names]
    base = (*("." for _ in node.relative), *dotted(node.module))
    if isinstance(node.names, cst.ImportStar):
        return [(STAR, base)]
    return [(_alias(alias) or dotted(alias.name)[0], (*base, *dotted(alias.name))) for alias in node.names]


def _plain_import(alias: cst.ImportAlias) -> Imported:
    path = dotted(alias.name)
    name = _alias(alias)
    # `import a.b` binds `a`; `import a.b as c` binds the inner module.
    return (name, path) if name else (path[0], path[:1])


def _alias(alias: cst.ImportAlias) -> str | None:
    if alias.asname is None:
        return None
    names = target_names(alias.asname.name) if isinstance(alias.asname.name, cst.Name) else []
    return names[0] if names else None
