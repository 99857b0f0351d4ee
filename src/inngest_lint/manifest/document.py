"""Documents: a manifest as JSON, and back."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from inngest_lint.files.reading import Unreadable, contents
from inngest_lint.manifest.entries import Function, Manifest, Step, Steps, Trigger
from inngest_lint.model.body import StepKind
from inngest_lint.model.language import Language
from inngest_lint.text import Source, Span

VERSION = 1
"""The version of the format that is written, and the only one that is read."""

Table = Mapping[str, object]

_FUNCTIONS = re.compile(r'"functions"\s*:\s*\[')
_ID = re.compile(r'"id"\s*:\s*("(?:[^"\\]|\\.)*")')
_BETWEEN = re.compile(r"[\s,]*")


class ManifestError(Exception):
    """A file that is no manifest, and why."""


def write(manifest: Manifest, directory: Path) -> str:
    """A manifest as JSON, its paths relative to the directory that it is kept in; each step has its own line."""
    return f"{_laid_out({'version': VERSION, 'functions': [_function(f, directory) for f in manifest.functions]})}\n"


def read(file: str) -> tuple[Manifest, Source]:
    """The manifest in a file, and its text; raises a `ManifestError`."""
    data = contents(file)
    if isinstance(data, Unreadable):
        raise ManifestError(f"cannot be read: {data.reason}")
    try:
        document: object = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        told = f": line {error.lineno}: {error.msg.lower()}" if isinstance(error, json.JSONDecodeError) else ""
        raise ManifestError(f"not valid JSON{told}") from None
    whole = _table(document, "the manifest")
    if whole.get("version") != VERSION:
        raise ManifestError(f"not a manifest of version {VERSION}, which `inngest-lint manifest` writes")
    directory = Path(os.path.abspath(file)).parent  # noqa: PTH100 - links are not to be resolved
    read = (_read_function(each, f"functions[{at}]", directory) for at, each in enumerate(_list(whole, "functions")))
    return Manifest(tuple(read)), Source(file, data)


def place(source: Source, number: int) -> Span:
    """Where the function of a number, counted from nought, has its id in the text of a manifest."""
    text = source.text.decode("utf-8")
    head = _FUNCTIONS.search(text)
    start = end = head.end() if head is not None else 0
    for _ in range(number + 1 if head is not None else 0):
        between = _BETWEEN.match(text, end)
        start = between.end() if between is not None else end
        _, end = json.JSONDecoder().raw_decode(text, start)
    found = _ID.search(text, start, end)
    start, end = found.span(1) if found is not None else (start, end)
    return Span(source.file, len(text[:start].encode()), len(text[:end].encode()))


def _laid_out(value: object, indent: str = "") -> str:
    """A value as JSON: a table of plain values on one line, all else on a line for each part."""
    inner = f"{indent}  "
    match value:
        case dict() if any(isinstance(part, (dict, list)) for part in value.values()):
            parts = [f"{json.dumps(key)}: {_laid_out(part, inner)}" for key, part in value.items()]
            opening, closing = "{}"
        case list() if value:
            parts = [_laid_out(part, inner) for part in value]
            opening, closing = "[]"
        case _:
            return json.dumps(value, ensure_ascii=False)
    return f"{opening}\n" + ",\n".join(f"{inner}{part}" for part in parts) + f"\n{indent}{closing}"


def _function(function: Function, directory: Path) -> dict[str, object]:
    return {
        "app": function.app,
        "id": function.id,
        "name": function.name,
        "file": Path(os.path.relpath(function.file, directory)).as_posix(),
        "language": function.language.value,
        "triggers": [_trigger(trigger) for trigger in function.triggers],
        **_steps(function.steps),
        **({"on_failure": _steps(function.on_failure)} if function.on_failure is not None else {}),
    }


def _trigger(trigger: Trigger) -> dict[str, str]:
    parts = {"event": trigger.event, "cron": trigger.cron, "if": trigger.condition}
    return {key: value for key, value in parts.items() if value is not None}


def _steps(steps: Steps) -> dict[str, object]:
    known = [{"kind": step.kind.value, "pattern" if step.pattern else "id": step.id} for step in steps.known]
    return {"steps": known, "unknown_steps": steps.unknown}


def _read_function(value: object, where: str, directory: Path) -> Function:
    table = _table(value, where)
    return Function(
        app=_text(table, "app", where),
        id=_text(table, "id", where),
        name=_text(table, "name", where) or "",
        file=os.path.normpath(directory / (_text(table, "file", where) or "")),
        language=Language(_choice(table, "language", where, tuple(each.value for each in Language))),
        triggers=tuple(_read_triggers(table, where)),
        steps=_read_steps(table, where),
        on_failure=_read_steps(_table(table["on_failure"], where), where) if "on_failure" in table else None,
    )


def _read_triggers(table: Table, where: str) -> Iterator[Trigger]:
    for at, value in enumerate(_list(table, "triggers", where)):
        inside = f"{where}.triggers[{at}]"
        trigger = _table(value, inside)
        yield Trigger(*(_text(trigger, key, inside) for key in ("event", "cron", "if")))


def _read_steps(table: Table, where: str) -> Steps:
    unknown = table.get("unknown_steps")
    if not isinstance(unknown, int):
        raise ManifestError(f"`{where}.unknown_steps` is not a number")
    read = (_read_step(each, f"{where}.steps[{at}]") for at, each in enumerate(_list(table, "steps", where)))
    return Steps(tuple(read), unknown)


def _read_step(value: object, where: str) -> Step:
    table = _table(value, where)
    kind = StepKind(_choice(table, "kind", where, tuple(each.value for each in StepKind)))
    known, pattern = _text(table, "id", where), _text(table, "pattern", where)
    if known is None and pattern is None:
        raise ManifestError(f"`{where}` has neither an `id` nor a `pattern`")
    return Step(kind, known or pattern or "", known is None)


def _table(value: object, where: str) -> Table:
    if not isinstance(value, dict):
        raise ManifestError(f"`{where}` is not an object")
    return value


def _list(table: Table, key: str, where: str = "") -> list[object]:
    value = table.get(key)
    if not isinstance(value, list):
        raise ManifestError(f"`{where}{'.' if where else ''}{key}` is not a list")
    return value


def _text(table: Table, key: str, where: str) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise ManifestError(f"`{where}.{key}` is not a string")
    return value


def _choice(table: Table, key: str, where: str, choices: tuple[str, ...]) -> str:
    value = _text(table, key, where)
    if value not in choices:
        raise ManifestError(f"`{where}.{key}` is none of {', '.join(choices)}")
    return value
