"""Rule: an expression reads what is encrypted before Inngest sees it."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.effects.kinds import kinds
from inngest_lint.model.body import Call
from inngest_lint.model.function import InngestFunction, Module
from inngest_lint.model.value import Constant, Record, Ref, Result, Value
from inngest_lint.model.walk import members
from inngest_lint.platform.expressions import Refusal, read
from inngest_lint.project import Project
from inngest_lint.project.conditions import Condition, Purpose, conditions
from inngest_lint.rule import Category, Context, rule

_FIELD = ("eventEncryptionField", "event_encryption_field")
_ONLY_DECRYPTS = ("decryptOnly", "decrypt_only")


@rule(on=Module, severity=Severity.ERROR, category=Category.FLOW_CONTROL, since="0.2.0")
def encrypted_expression_field(module: Module, context: Context) -> Iterator[Finding]:
    """An expression reads a field that is encrypted before Inngest sees it."""
    made: dict[InngestFunction, tuple[str, Call] | None] = {}
    for condition in conditions(module, context.project.bound):
        function = condition.function
        if function is None:
            continue
        if function not in made:
            made[function] = _encrypted(function, context.project)
        found = made[function]
        if found is not None:
            yield from _reads(condition, *found)


def _reads(condition: Condition, field: str, call: Call) -> Iterator[Finding]:
    is_match = condition.purpose is Purpose.MATCH
    parsed = read(f"event.{condition.text}" if is_match else condition.text)
    for one in () if isinstance(parsed, Refusal) else parsed.reads:
        if one.hops[1:3] == ("data", field):
            offset = one.offset
            place = condition.place(offset, len(one.dotted) - (len("event.") if is_match else 0))
            yield Finding(
                place or condition.span,
                f"`{one.dotted.removeprefix('event.') if is_match else one.dotted}` is encrypted when it is read here",
                help=f"send what is compared or counted outside of `{field}`, as an id or as a hash",
                label="only the encrypted text is seen",
                notes=(Note(call.span, "events are encrypted here"),),
            )
            return


def _encrypted(function: InngestFunction, project: Project) -> tuple[str, Call] | None:
    """The field that the client of a function encrypts, and the middleware that does."""
    home = project.registry.client(function)
    if home is None or len(home[1]) != 1:
        return None
    file, (name,) = home
    made = project.module(file).binding(name)
    if not isinstance(made, Result) or not isinstance(made.of, Call):
        return None
    for call in _calls(_given(made.of, "middleware"), file, project):
        kind = kinds("encryption", project.module(file).language).of_value(project.dotted(call) or "")
        field = _field(call, kind.name) if kind is not None else None
        if field is not None:
            return field, call
    return None


def _calls(value: Value | None, file: str, project: Project) -> Iterator[Call]:
    for member in members(value) if value is not None else ():
        found = project.bound(member, file) if isinstance(member, Ref) else member
        if isinstance(found, Result) and isinstance(found.of, Call):
            yield found.of


def _given(call: Call, *names: str) -> Value | None:
    """What a call is given under one of these names, as an argument or in an object."""
    for argument in call.arguments:
        if argument.name in names:
            return argument.value
        if isinstance(argument.value, Record):
            entries = (argument.value.get(name) for name in names)
            found = next((entry for entry in entries if entry is not None), None)
            if found is not None:
                return found.value
    return None


def _field(call: Call, usual: str) -> str | None:
    """The field that is encrypted; None where it is not known, or where nothing is."""
    if _given(call, *_ONLY_DECRYPTS) not in (None, Constant(value=False)):
        return None
    field = _given(call, *_FIELD)
    if field is None:
        return usual
    return field.value if isinstance(field, Constant) and isinstance(field.value, str) else None
