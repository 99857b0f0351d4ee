"""Identities: what the id of a step is known to be, so that two of them can be told to be the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from inngest_lint.model.bindings import Bindings
from inngest_lint.model.body import Body, Call, StepCall, StepKind
from inngest_lint.model.parameters import received_by
from inngest_lint.model.value import Constant, Origin, Ref, Template, Value

if TYPE_CHECKING:
    from inngest_lint.project import Project

Part = str | tuple[object, ...]
Identity = tuple[Part, ...]
"""The parts of an id: texts, and names that stand for one value while a function runs."""

_FETCHED = "step.fetch: "


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A function that is being run: the names in force in it, and what its parameters are given.

    One that is `handed` is a helper, to which each call may give another part of the context.
    """

    body: Body
    names: Bindings
    given: Mapping[str, Identity | None] = field(default_factory=dict)
    around: Scope | None = None
    handed: bool = False

    @property
    def outermost(self) -> Scope:
        """The function around this one that stands in no other."""
        return self if self.around is None else self.around.outermost


def identity(step: StepCall, scope: Scope, project: Project) -> Identity | None:
    """The id of a step as it is known in a function; None where two steps may have other ones."""
    if step.kind is StepKind.FETCH:
        url = step.argument("url")
        text = parts(url.value, scope, project) if url is not None else None
        host = urlsplit(text[0]).hostname if text and isinstance(text[0], str) else None
        return (_FETCHED + host,) if host else None
    known = parts(step.id.value, scope, project) if step.id is not None else None
    # An empty id is no id, which is told as such.
    return known if known not in ((), ("",)) else None


def shown(known: Identity) -> str:
    """An id as messages show it."""
    return "".join(part if isinstance(part, str) else "…" for part in known)


def handed(call: Call, callee: Body, scope: Scope, project: Project) -> dict[str, Identity | None]:
    """What a call gives for the parameters of the function that it runs."""
    given = {
        parameter.name: parts(parameter.default, scope, project) if parameter.default is not None else None
        for parameter in callee.parameters
    }
    for argument in call.arguments:
        name = received_by(call, argument, callee)
        if name is not None:
            given[name] = parts(argument.value, scope, project)
    return given


def parts(value: Value, scope: Scope, project: Project) -> Identity | None:
    """The parts of a value that is a text; None where it is not known to be one and the same."""
    match value:
        case Constant(value=str(text)):
            return (text,)
        case Template(parts=inner):
            return _joined(inner, scope, project)
        case Ref(origin=Origin.CONTEXT, path=path):
            outermost = scope.outermost
            return ((outermost, *path),) if outermost.handed else ((Origin.CONTEXT, *path),)
        case Ref() if value.is_variable:
            return _of_variable(value, scope, project)
        case Ref(origin=Origin.MODULE | Origin.IMPORT):
            bound = project.bound(value, scope.body.span.file)
            return (bound.value,) if isinstance(bound, Constant) and isinstance(bound.value, str) else None
    return None


def _joined(inner: tuple[str | Value, ...], scope: Scope, project: Project) -> Identity | None:
    whole: list[Part] = []
    for part in inner:
        known = (part,) if isinstance(part, str) else parts(part, scope, project)
        if known is None:
            return None
        for one in known:
            if whole and isinstance(whole[-1], str) and isinstance(one, str):
                whole[-1] += one
            else:
                whole.append(one)
    return tuple(whole)


def _of_variable(ref: Ref, scope: Scope, project: Project) -> Identity | None:
    owner = _owner(ref, scope)
    if owner is None:
        return None
    values = owner.names.own.get(ref.name, [])
    if len(values) > 1:
        return None
    if ref.name in owner.given:
        return owner.given[ref.name] if len(ref.path) == 1 else None
    known = parts(values[0], owner, project) if values and values[0] is not None and len(ref.path) == 1 else None
    return known or ((owner, *ref.path),)


def _owner(ref: Ref, scope: Scope) -> Scope | None:
    """The function that binds a name."""
    if ref.origin is Origin.LOCAL:
        return scope
    around = scope.around
    while around is not None and ref.name not in around.names.own:
        around = around.around
    return around
