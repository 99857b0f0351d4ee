"""Rule: a handler does not say what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.diagnostic import Finding, Severity
from inngest_lint.fix import Applicability, Edit, Fix
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Hole
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Origin, Ref
from inngest_lint.rule import Category, Context, Preset, rule
from inngest_lint.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inngest_lint.model.body import Body, Parameter
    from inngest_lint.model.function import Module

_SDK = "inngest"
_ASYNC = "Context"
_SYNC = "ContextSync"
_ANYTHING = Ref(Origin.GLOBAL, ("any",))


@rule(
    on=InngestFunction,
    severity=Severity.WARNING,
    category=Category.SDK,
    since="0.2.0",
    preset=Preset.STRICT,
    guideline=Guideline.TYPES,
)
def untyped_handler(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """The context of a handler has no type, or another one than it is given."""
    if not function.created:
        return
    for entry in context.project.entries(function):
        is_method = entry.owner is not None and context.language is Language.PYTHON
        parameter = next(iter(entry.parameters[is_method:]), None)
        if parameter is None or parameter.spread or any(isinstance(operation, Hole) for operation in entry.block[:1]):
            continue
        if context.language is Language.TYPESCRIPT:
            yield from _of_anything(function, entry, parameter)
        else:
            yield from _of_python(entry, parameter, context.project.module(entry.span.file))


def _of_anything(function: InngestFunction, entry: Body, parameter: Parameter) -> Iterator[Finding]:
    # What a library's own decorator hands to a method is not known.
    if entry.owner is not None or parameter.type != _ANYTHING or parameter.type.span is None:
        return
    # Only where the handler is written does `createFunction` say what it is given.
    is_inferred = function.span.contains(entry.span)
    written = Span(parameter.span.file, parameter.span.end, parameter.type.span.end)
    yield Finding(
        parameter.type.span,
        f"the context of `{function.name}` is `any`",
        help="leave the type out" if is_inferred else "write the handler in `createFunction`, which knows the type",
        label="nothing that the handler does with the event or with steps is checked",
        fix=Fix("Leave the type out", (Edit(written, ""),), Applicability.UNSAFE) if is_inferred else None,
    )


def _of_python(entry: Body, parameter: Parameter, module: Module) -> Iterator[Finding]:
    wanted = _ASYNC if entry.is_async else _SYNC
    if not parameter.annotated:
        yield _unannotated(entry, parameter, wanted, module)
    elif _is_other(parameter.type, wanted) and parameter.type is not None and parameter.type.span is not None:
        yield _other(parameter.type, parameter.type.span, wanted)
    elif not entry.annotated:
        yield Finding(
            entry.name_span,
            f"`{entry.name}` does not say what it returns",
            help="annotate what the handler returns, `None` where it returns nothing",
            label="who invokes this function gets a result without a type",
            severity=Severity.INFO,
            advice=True,
        )


def _is_other(type_: Ref | None, wanted: str) -> bool:
    """Whether an annotation is the class of the other kind of handler."""
    is_context = type_ is not None and type_.origin is Origin.IMPORT and type_.path[:1] == (_SDK,)
    return is_context and type_ is not None and type_.path[1:] in ((_ASYNC,), (_SYNC,)) and type_.path[1] != wanted


def _unannotated(entry: Body, parameter: Parameter, wanted: str, module: Module) -> Finding:
    name = next((known.name for known in module.imports if known.path == (_SDK,)), None)
    end = Span(parameter.span.file, parameter.span.end, parameter.span.end)
    return Finding(
        parameter.span,
        f"`{parameter.name}` of `{entry.name}` has no type",
        help=f"annotate it as `{name or _SDK}.{wanted}`",
        label="type checkers skip what is done with it",
        fix=Fix(f"Annotate as `{wanted}`", (Edit(end, f": {name}.{wanted}"),), Applicability.UNSAFE) if name else None,
    )


def _other(type_: Ref, span: Span, wanted: str) -> Finding:
    kind = "async" if wanted == _ASYNC else "sync"
    return Finding(
        span,
        f"the context of a handler that is {kind} is no `{type_.path[1]}`",
        help=f"annotate it as `{wanted}`, or make the handler {'sync' if wanted == _ASYNC else 'async'}",
        label=f"what it is given is a `{wanted}`, whose steps are {'awaited' if wanted == _ASYNC else 'not awaited'}",
    )
