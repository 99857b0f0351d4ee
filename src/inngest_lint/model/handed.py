"""Handed: how a handler spells a part of its context, and what it takes where it did not ask for that part."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inngest_lint.fix import Edit
from inngest_lint.model.body import Body, Parameter
from inngest_lint.model.walk import everywhere, refs_in
from inngest_lint.text import Span

_NAME = re.compile(r"[^\W\d][\w$]*")
_BOUND = r"[\w$]+(?:\s*:\s*[\w$]+)?"
_PATTERN = re.compile(rf"\{{\s*{_BOUND}(?:\s*,\s*{_BOUND})*(?P<end>\s*)\}}")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a context as a handler writes it; `asking` is the edit without which it does not have it."""

    text: str
    asking: tuple[Edit, ...] = ()


def part(entry: Body, name: str) -> Part | None:
    """A part of what an entry is handed, such as its `logger`; None where it cannot be told how to write that."""
    place = 1 if entry.owner is not None else 0
    parameter = entry.parameters[place] if place < len(entry.parameters) else None
    if parameter is None or parameter.spread:
        return None
    if _NAME.fullmatch(parameter.name):
        return Part(f"{parameter.name}.{name}")
    taken = re.search(rf"[{{,]\s*{name}\s*(?::\s*(?P<alias>[\w$]+)\s*)?[,}}]", parameter.name)
    if taken is not None and parameter.name.count("{") == 1:
        return Part(taken["alias"] or name)
    asking = _asking(parameter, entry, name)
    return Part(name, (asking,)) if asking is not None else None


def _asking(parameter: Parameter, entry: Body, name: str) -> Edit | None:
    """`{ step }` with another part as well; None where its name is used for something else."""
    match, span = _PATTERN.fullmatch(parameter.name), parameter.span
    is_used = any(ref.path[:1] == (name,) for operation in everywhere(entry.block) for ref in refs_in(operation))
    if match is None or is_used or span.end - span.start != len(parameter.name.encode()):
        return None
    at = span.start + len(parameter.name[: match.start("end")].encode())
    return Edit(Span(span.file, at, at), f", {name}")
