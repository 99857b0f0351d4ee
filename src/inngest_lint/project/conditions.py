"""Conditions: the expressions that a file gives to the server, what each is for, and where it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from inngest_lint.model.body import Argument, Body, StepCall, StepKind
from inngest_lint.model.function import InngestFunction, Module
from inngest_lint.model.language import Language
from inngest_lint.model.settings import Said, said
from inngest_lint.model.value import Constant, Ref, Template, Value
from inngest_lint.model.walk import everywhere
from inngest_lint.text import Span

Bound = Callable[[Ref, str], Value | None]
"""What says what a name of a file stands for."""

HOLE = "_"
"""What stands for a part of a text that is not known."""


class Purpose(Enum):
    """What an expression is for; what people call that."""

    TRIGGER = "the condition of a trigger"
    CANCEL = "the condition of a cancellation"
    WAIT = "the condition of a wait"
    BATCH = "the condition of a batch"
    MATCH = "a field to match"
    KEY = "a key"
    PRIORITY = "a priority"


AWAITING = frozenset({Purpose.CANCEL, Purpose.WAIT, Purpose.MATCH})
"""The purposes for which there is a second event."""

_Found = Iterator[tuple[InngestFunction | None, Purpose, Said]]

_SETTINGS = {
    ("cancel", "condition"): Purpose.CANCEL,
    ("cancel", "match"): Purpose.MATCH,
    ("batch", "condition"): Purpose.BATCH,
    ("batch", "key"): Purpose.KEY,
    ("concurrency", "key"): Purpose.KEY,
    ("debounce", "key"): Purpose.KEY,
    ("rate-limit", "key"): Purpose.KEY,
    ("singleton", "key"): Purpose.KEY,
    ("throttle", "key"): Purpose.KEY,
    ("idempotency",): Purpose.KEY,
    ("priority", "run"): Purpose.PRIORITY,
}
_WAITS = {"condition": Purpose.WAIT, "match": Purpose.MATCH}
_WORDS: dict[Language, dict[str, tuple[str, ...]]] = {
    Language.TYPESCRIPT: {"condition": ("if",)},
    Language.PYTHON: {"condition": ("if_exp", "expression")},
}
_BETWEEN = {Language.TYPESCRIPT: (":", ": "), Language.PYTHON: ("=", " = ")}


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression where it is written: `setting` and `key` are the neutral names it is given under.

    `text` is all of it, with `HOLE` for each part that is not known; `whole` where there is none.
    `function` is whose it is, as far as that is known.
    """

    purpose: Purpose
    setting: str
    key: str
    value: Value
    span: Span
    language: Language
    text: str
    whole: bool
    function: InngestFunction | None

    def place(self, offset: int, length: int) -> Span | None:
        """Where some characters of the text stand; None where the source may spell them in another way."""
        if not isinstance(self.value, Constant) or not self.text.isascii():
            return None
        words = _WORDS[self.language].get(self.key, (self.key,))
        rests = {len(word) + len(between) + 2 for word in words for between in _BETWEEN[self.language]}
        if self.span.end - self.span.start - len(self.text) not in rests:
            return None
        start = self.span.end - 1 - len(self.text) + offset
        return Span(self.span.file, start, start + length)


def conditions(module: Module, bound: Bound) -> Iterator[Condition]:
    """Each expression of a file once; of what helpers wait for it is not known whose it is."""
    seen: set[Span] = set()
    for function, purpose, given in (*_of_functions(module), *_of_waits(module)):
        text = _text(given.value, given.span.file, bound)
        if text is not None and given.span not in seen:
            seen.add(given.span)
            whole = _read(given.value, given.span.file, bound) is not None
            setting, key = given.path[0], given.path[-1]
            yield Condition(purpose, setting, key, given.value, given.span, module.language, text, whole, function)


def _of_functions(module: Module) -> _Found:
    for function in module.functions:
        for trigger in function.triggers:
            if trigger.condition is not None:
                yield (
                    function,
                    Purpose.TRIGGER,
                    Said(("trigger", "condition"), trigger.condition, trigger.at("condition")),
                )
        for one in said(function):
            purpose = _SETTINGS.get(one.path)
            if purpose is not None:
                yield function, purpose, one


def _of_waits(module: Module) -> _Found:
    bodies: list[tuple[InngestFunction | None, Body]] = [(function, function.handler) for function in module.functions]
    bodies += [(function, function.on_failure) for function in module.functions if function.on_failure is not None]
    for function, body in (*bodies, *((None, body) for body in module.bodies)):
        for operation in everywhere(body.block):
            if isinstance(operation, StepCall) and operation.kind is StepKind.WAIT_FOR_EVENT:
                yield from ((function, _WAITS[a.name], _said(a)) for a in operation.arguments if a.name in _WAITS)


def _said(argument: Argument) -> Said:
    return Said(("wait", argument.name or ""), argument.value, argument.span)


def _read(value: Value, file: str, bound: Bound) -> str | None:
    """The text of a value that is known in full."""
    match value:
        case Constant(value=str(text)):
            return text
        case Ref():
            found = bound(value, file)
            return _read(found, file, bound) if isinstance(found, Constant) else None
        case Template(parts=parts):
            texts = _parts(parts, file, bound)
            return None if None in texts else _joined(texts)
    return None


def _text(value: Value, file: str, bound: Bound) -> str | None:
    """The text of a value, with holes; None where nothing is known of it."""
    return _joined(_parts(value.parts, file, bound)) if isinstance(value, Template) else _read(value, file, bound)


def _parts(parts: tuple[str | Value, ...], file: str, bound: Bound) -> list[str | None]:
    return [part if isinstance(part, str) else _read(part, file, bound) for part in parts]


def _joined(texts: list[str | None]) -> str:
    return "".join(HOLE if text is None else text for text in texts)
