"""Rule: two settings of a function exclude each other."""

from __future__ import annotations

from collections.abc import Iterator

from inngest_lint.diagnostic import Finding, Note, Severity
from inngest_lint.model.body import StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Module, Trigger
from inngest_lint.model.language import Language
from inngest_lint.model.settings import records
from inngest_lint.model.value import Constant, Entry, Items, Record, Value
from inngest_lint.model.walk import everywhere
from inngest_lint.rule import Category, Context, rule
from inngest_lint.text import Span

# The settings that the server refuses beside a batch, and those that it leaves out there.
_REFUSED = ("cancel", "debounce", "singleton", "priority")
_LEFT_OUT = ("rate-limit", "idempotency")
_NAMES = {
    Language.TYPESCRIPT: {
        "batch": "batchEvents",
        "cancel": "cancelOn",
        "rate-limit": "rateLimit",
        "condition": "if",
    },
    Language.PYTHON: {"batch": "batch_events", "rate-limit": "rate_limit", "condition": "if_exp"},
}


@rule(on=Module, severity=Severity.ERROR, category=Category.FLOW_CONTROL, since="0.2.0")
def conflicting_config(module: Module, context: Context) -> Iterator[Finding]:
    """Two settings exclude each other, so the app cannot be synced, or one of them does nothing."""
    seen: set[Span] = set()
    for found in _all(module, context.language):
        if found.span not in seen:
            seen.add(found.span)
            yield found


def _all(module: Module, language: Language) -> Iterator[Finding]:
    for function in module.functions:
        yield from _batched(function, language)
        yield from _limited(function, language)
        yield from _triggers(function)
        cancel = function.setting("cancel")
        for record in records(cancel.value if cancel is not None else None):
            yield from _matched(record.get("match"), record.get("condition"))
    for step in _waits(module):
        match, condition = step.argument("match"), step.argument("condition")
        if match is not None and condition is not None:
            entries = (Entry("match", match.value, match.span), Entry("condition", condition.value, condition.span))
            yield from _matched(*entries)


def _name(key: str, language: Language) -> str:
    return _NAMES[language].get(key, key)


def _is_set(entry: Entry | None) -> bool:
    """Whether a setting certainly has a value."""
    match entry.value if entry is not None else None:
        case Record() | Items(values=(_, *_)):
            return True
        case Constant(value=value):
            return value not in (None, "", False)
    return False


def _batched(function: InngestFunction, language: Language) -> Iterator[Finding]:
    batch = function.setting("batch")
    if batch is None or not _is_set(batch):
        return
    for key in (*_REFUSED, *_LEFT_OUT):
        other = function.setting(key)
        if other is None or not _is_set(other) or (key == "priority" and not _is_set(function.setting(key, "run"))):
            continue
        is_refused = key in _REFUSED
        name, with_ = _name(key, language), _name("batch", language)
        yield Finding(
            other.span,
            f"`{name}` {'excludes' if is_refused else 'does nothing beside'} `{with_}`",
            help=f"leave out `{name}` or `{with_}`",
            label="refused when the app is synced" if is_refused else "left out of account for batches",
            notes=(Note(batch.span, "the function takes batches"),),
            severity=None if is_refused else Severity.WARNING,
        )


def _limited(function: InngestFunction, language: Language) -> Iterator[Finding]:
    rate, idempotency = function.setting("rate-limit"), function.setting("idempotency")
    if rate is None or idempotency is None or not (_is_set(rate) and _is_set(idempotency)) or _has_batch(function):
        return
    name = _name("rate-limit", language)
    yield Finding(
        rate.span,
        f"`{name}` does nothing beside `idempotency`",
        help=f"leave out one of them: `idempotency` is a `{name}` of one run in 24 hours itself",
        label="another limit takes its place",
        notes=(Note(idempotency.span, "this is a limit of one run in 24 hours"),),
        severity=Severity.WARNING,
    )


def _has_batch(function: InngestFunction) -> bool:
    return _is_set(function.setting("batch"))


def _triggers(function: InngestFunction) -> Iterator[Finding]:
    seen: dict[tuple[object, ...], Trigger] = {}
    for trigger in function.triggers:
        if _is_text(trigger.event) and _is_text(trigger.cron):
            yield Finding(
                trigger.at("cron"),
                "a trigger has an event and a schedule",
                help="make two triggers of it",
                label="a trigger has one or the other",
                notes=(Note(trigger.at("event"), "the event is here"),),
            )
            continue
        key = _same(trigger)
        if key is not None and key in seen:
            what = "event" if trigger.event is not None else "cron"
            name = trigger.event if trigger.event is not None else trigger.cron
            yield Finding(
                trigger.at(what),
                f"the function has the trigger `{_text(name)}` twice",
                help="leave out one of them",
                label="refused when the app is synced",
                notes=(Note(seen[key].at(what), "it is here as well"),),
            )
        elif key is not None:
            seen[key] = trigger


def _same(trigger: Trigger) -> tuple[object, ...] | None:
    """What triggers have in common that are the same to the server; two schedules are, whatever their jitter."""
    if _is_text(trigger.cron):
        return ("cron", _text(trigger.cron))
    if not _is_text(trigger.event) or not (trigger.condition is None or _is_text(trigger.condition)):
        return None
    return ("event", _text(trigger.event), _text(trigger.condition))


def _is_text(value: Value | None) -> bool:
    return isinstance(value, Constant) and isinstance(value.value, str)


def _text(value: Value | None) -> str | None:
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _waits(module: Module) -> Iterator[StepCall]:
    handlers = [body for function in module.functions for body in (function.handler, function.on_failure) if body]
    for body in (*handlers, *module.bodies):
        for operation in everywhere(body.block):
            if isinstance(operation, StepCall) and operation.kind is StepKind.WAIT_FOR_EVENT:
                yield operation


def _matched(match: Entry | None, condition: Entry | None) -> Iterator[Finding]:
    if match is not None and condition is not None and _is_text(match.value) and _is_set(condition):
        yield Finding(
            condition.span,
            "`if` does nothing beside `match`",
            help="write both as one condition, and leave out `match`",
            label="dropped without a word",
            notes=(Note(match.span, "only this is sent"),),
        )
