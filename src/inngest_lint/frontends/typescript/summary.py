"""Summary: a TypeScript file in the words of the model, as far as it was lowered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from inngest_lint.frontends.functions import uncreated_function
from inngest_lint.frontends.typescript.texts import texts
from inngest_lint.frontends.typescript.tree import comments, problems
from inngest_lint.model.body import Body
from inngest_lint.model.function import WHOLE, Class, Language, Module
from inngest_lint.model.value import CALLED_WITH_ARGUMENTS, Closure, Origin, Record, Ref, Value
from inngest_lint.text import Span

if TYPE_CHECKING:
    from inngest_lint.frontends.typescript.module import ModuleScope


def summary(scope: ModuleScope) -> Module:
    """A file, as far as it was lowered."""
    found = scope.found
    apart = {name: body for name, body in found.bodies.items() if _is_entry(scope, name, body)}
    functions = [*found.functions, *(uncreated_function(body) for body in apart.values())]
    bodies = [body for name, body in found.bodies.items() if name not in apart and name not in scope.found.handlers]
    return Module(
        file=scope.source.file,
        language=Language.TYPESCRIPT,
        functions=tuple(sorted(functions, key=lambda function: function.span)),
        names=_names(scope),
        bodies=tuple(sorted(bodies, key=lambda body: body.span)),
        block=tuple(sorted(found.block, key=lambda operation: operation.span.end)),
        clients=frozenset(found.clients),
        options=tuple(found.options[span] for span in sorted(found.options)),
        imports=tuple(scope.statements.imports),
        comments=comments(scope.source, scope.root),
        problems=(*problems(scope.source, scope.root), *found.problems),
        classes=_described(scope),
        stars=tuple(scope.statements.exports.stars),
        declares=scope.statements.declares(),
        casts=tuple(found.casts[span] for span in sorted(found.casts)),
    )


def _names(scope: ModuleScope) -> dict[str, Value]:
    values = {name: values[0] for name, values in scope.found.values.items() if len(values) == 1}
    names: dict[str, Value] = {**scope.statements.imported, **values}
    for name, value in values.items():
        if isinstance(value, Record):
            held = ((entry.key, _function(entry.value, scope)) for entry in value.entries)
            names.update({f"{name}.{key}": function for key, function in held if function is not None})
    # What a variable is promised to be is known even where several values are given to it.
    promised = {name: type_ for name, type_ in scope.found.types.items() if name not in values}
    names |= {name: Ref(type_.origin, (*type_.path, CALLED_WITH_ARGUMENTS)) for name, type_ in promised.items()}
    names |= {name: Closure(body) for name, body in scope.found.bodies.items()}
    # Asked for before all else, `Enum` is a name like any other.
    names |= texts((top.node for top in scope.statements.all), scope.source.file)
    exports = scope.statements.exports
    names |= _under_other_names(names, exports.aliases)
    return names | {name: Ref(Origin.IMPORT, path, len(path)) for name, path in exports.passed_on.items()}


def _function(value: Value, scope: ModuleScope) -> Closure | None:
    match value:
        case Closure():
            return value
        case Ref(origin=Origin.MODULE, path=(name,)) if name in scope.found.bodies:
            return Closure(scope.found.bodies[name])
    return None


def _under_other_names(names: Mapping[str, Value], aliases: Mapping[str, str]) -> dict[str, Value]:
    """What a file exports by the names it is exported under, methods and entries with their owner."""
    whole = names.get(WHOLE)
    found = {entry.key: entry.value for entry in whole.entries} if isinstance(whole, Record) else {}
    exported: dict[str, list[str]] = {}
    for name, own in aliases.items():
        exported.setdefault(own, []).append(name)
    for own, value in names.items():
        first, dot, rest = own.partition(".")
        found.update({f"{name}{dot}{rest}": value for name in exported.get(first, ())})
    return found


def _is_entry(scope: ModuleScope, name: str, body: Body) -> bool:
    """Whether a function takes the context and nothing in this file hands it over."""
    takes = any(p.type is not None and scope.part_of(p.type) == () for p in body.parameters)
    return takes and (name not in scope.handed or name in scope.apart) and name not in scope.found.handlers


def _described(scope: ModuleScope) -> dict[str, Class]:
    described: dict[str, Class] = {}
    while scope.spoken_of - described.keys():
        # What a class derives from is spoken of in turn.
        for name in scope.spoken_of - described.keys():
            described[name] = scope.classes.described(name) or Class(Span(scope.source.file, 0, 0), (), ())
    aliases = scope.statements.exports.aliases
    return described | {name: described[own] for name, own in aliases.items() if own in described}
