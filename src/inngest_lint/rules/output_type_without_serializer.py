"""Rule: an output type is given, and the client has nothing to apply it with."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.body import Call, Return
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Constant, Opaque, Origin, Ref, Result, Value
from inngest_lint.model.walk import members, walk
from inngest_lint.project import Project
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

_CLIENT = ("inngest", "Inngest")
_OUTPUT_TYPE = "output_type"
_OUTPUT_SETTING = "output-type"
_SERIALIZER = "serializer"
_JSON = frozenset({"bool", "dict", "float", "int", "list", "str"})


@rule(
    on=InngestFunction,
    severity=Severity.ERROR,
    category=Category.SERIALIZATION,
    since="0.2.0",
    languages=frozenset({Language.PYTHON}),
    guideline=Guideline.SERIALIZATION,
)
def output_type_without_serializer(function: InngestFunction, context: Context) -> Iterator[Finding]:
    """An output type is given, but the client has no serialiser to apply it."""
    made = _client(function, context.project)
    if made is None or not _lacks_serializer(made):
        return
    setting = function.setting(_OUTPUT_SETTING)
    if setting is not None and not _is_nothing(setting.value):
        yield _finding(setting.span, setting.value, made)
    for entry in context.project.entries(function):
        for reached in context.project.steps(entry):
            argument = reached.step.argument(_OUTPUT_TYPE)
            if argument is not None and not _is_nothing(argument.value):
                yield _finding(argument.span, argument.value, made)


def _client(function: InngestFunction, project: Project) -> Call | None:
    """The call that makes the client of a function, where it is in sight."""
    client = project.bound(function.client, function.span.file) if function.client is not None else None
    made = _call(client)
    factory = project.callee(made) if made is not None else None
    if factory is not None:
        given = [_call(operation.value) for operation in walk(factory.block) if isinstance(operation, Return)]
        made = given[0] if len(given) == 1 else None
    traced = project.traced(made.target, made.span.file) if made is not None else None
    return made if traced is not None and traced.path == _CLIENT else None


def _call(value: Value | None) -> Call | None:
    """The call whose result a value is."""
    match value:
        case Result(of=Call() as call, path=()):
            return call
    return None


def _lacks_serializer(made: Call) -> bool:
    if any(argument.spread for argument in made.arguments):
        return False
    serializer = made.argument(_SERIALIZER)
    return serializer is None or _is_nothing(serializer.value)


def _is_nothing(value: Value) -> bool:
    return value == Constant(None)


def _is_plain(type_: Value) -> bool:
    """Whether values of a type are stored as they are, and read back as they were."""
    return all(isinstance(part, Opaque) or _is_nothing(part) or _is_json(part) for part in members(type_))


def _is_json(part: Value) -> bool:
    return isinstance(part, Ref) and part.origin is Origin.GLOBAL and part.name in _JSON


def _finding(span: Span, type_: Value, made: Call) -> Finding:
    is_plain = _is_plain(type_)
    return Finding(
        span,
        "`output_type` is never applied: the client has no `serializer`",
        help="give the client `serializer=inngest.PydanticSerializer()`",
        label="nothing checks what comes back" if is_plain else "what is returned goes to `json.dumps` as it is",
        notes=(Note(made.head or made.span, "the client is made here"),),
        severity=Severity.WARNING if is_plain else None,
    )
