"""Words: values and places of the user's code as people would say them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from inngest_lint.model.body import Argument, Arm
from inngest_lint.model.value import EACH, Constant, Duration, Items, Opaque, Ref, Template, Value
from inngest_lint.text import Source, Span

UNKNOWN = "…"
"""What stands for a text that is not known."""

_LONGEST = 120
_FEW = 3
_TEMPLATE = re.compile(r"""`([^`]*)`|[fF]"([^"]*)"|[fF]'([^']*)'""")
_LITERAL = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|-?[\d.]+""")
_NAME = re.compile(r"[A-Za-z_]\w*\s*(=(?!=)|:)\s*")
_UNITS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000))


class Words:
    """What is said about the code of some files."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources

    def code(self, span: Span | None) -> str:
        """The code of a place on one line, without brackets around all of it."""
        source = self._sources.get(span.file) if span is not None else None
        if span is None or source is None:
            return UNKNOWN
        text = _unwrapped(_closed(" ".join(source.slice(span).split())))
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}{UNKNOWN}"

    def line(self, span: Span) -> int:
        """The line, counted from one, on which a place begins."""
        source = self._sources.get(span.file)
        return source.line_of(span.start) + 1 if source is not None else 1

    def id(self, argument: Argument | None) -> str:
        """An id as it is written, holes and all that is not known in braces."""
        return self.written(argument.value, argument.span) if argument is not None else UNKNOWN

    def written(self, value: Value, span: Span) -> str:
        """A text, by its code where some of it is not known otherwise."""
        text = self.text(value)
        return _filled(self.code(span)) if UNKNOWN in text else text

    def text(self, value: Value) -> str:
        """A text, holes in braces."""
        match value:
            case Constant(value=str() as text):
                return text
            case Template(parts=parts):
                return "".join(part if isinstance(part, str) else self._hole(part) for part in parts)
        return self._hole(value)

    def _hole(self, value: Value) -> str:
        return f"{{{self.name(value)}}}"

    def name(self, value: Value) -> str:
        """A value by its name, as far as it has one."""
        match value:
            case Ref(span=Span() as span) if (written := self.code(span)) != UNKNOWN:
                return written
            case Ref():
                return ".".join(hop for hop in value.path if hop != EACH) or UNKNOWN
            case Constant(value=constant):
                return str(constant)
            case Duration(milliseconds=milliseconds):
                return duration(milliseconds)
            case Items(values=items):
                return ", ".join(map(self.name, items)) if len(items) <= _FEW else f"{len(items)} items"
            case Opaque(reads=(Ref() as read,)):
                return self.name(read)
        return UNKNOWN

    def test(self, arm: Arm) -> str:
        """What has to hold for a way to be taken; for a case, with what is looked at."""
        code = self.code(arm.head)
        match arm.test:
            case Opaque(reads=(Ref() as subject, *_)) if _LITERAL.fullmatch(code):
                return f"{self.name(subject)} is {code}"
        return code

    def time(self, argument: Argument | None) -> str | None:
        """A length of time, or a point in it; None where there is none."""
        match argument:
            case None:
                return None
            case Argument(value=Duration(milliseconds=milliseconds)):
                return duration(milliseconds)
            case Argument(value=Constant(value=int() | float() as milliseconds)):
                return duration(milliseconds)
            case Argument(value=Constant(value=str()) | Template() as text):
                return self.text(text)
        return self._given(argument)

    def condition(self, argument: Argument | None) -> str | None:
        """What an argument asks for; None where there is none."""
        if argument is None:
            return None
        match argument.value:
            case Constant(value=str()) | Template():
                return self.text(argument.value)
        return self._given(argument)

    def _given(self, argument: Argument) -> str:
        code = self.code(argument.span)
        name = _NAME.match(code) if argument.name is not None else None
        return code[name.end() :] if name is not None else code


def duration(milliseconds: float) -> str:
    """A length of time in units: `1d 12h`."""
    told: list[str] = []
    left = round(milliseconds)
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            told.append(f"{count}{unit}")
    return " ".join(told) if told and not left else f"{milliseconds:g}ms"


def _filled(code: str) -> str:
    """A template by its code, with plain braces; any other code in braces."""
    code = _NAME.sub("", code, count=1)
    template = _TEMPLATE.fullmatch(code)
    if template is None:
        return f"{{{code}}}"
    return (template[1] or template[2] or template[3] or "").replace("${", "{")


def _closed(code: str) -> str:
    """Code with the brackets at its end that a place in Python leaves out: `item in (a, b`."""
    return code + ")" * max(0, code.count("(") - code.count(")"))


def _unwrapped(code: str) -> str:
    while code.startswith("(") and code.endswith(")") and _closes_last(code):
        code = code[1:-1].strip()
    return code


def _closes_last(code: str) -> bool:
    """Whether the bracket that opens a text is closed at the end of it."""
    depth = 0
    for position, character in enumerate(code):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return position == len(code) - 1
    return False
