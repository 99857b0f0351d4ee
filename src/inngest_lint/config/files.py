"""Files: where the configuration of a directory stands, and what it says with all it extends."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from inngest_lint.config.check import Check
from inngest_lint.config.layer import Layer, Table
from inngest_lint.config.mistakes import ConfigError, Mistake
from inngest_lint.config.places import Places
from inngest_lint.files.reading import Unreadable, contents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from inngest_lint.rule import Rule

NAMES = (".inngest-lint.toml", "inngest-lint.toml")
PYPROJECT = "pyproject.toml"

_SECTION = ("tool", "inngest-lint")
_LINE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


@dataclass(frozen=True, slots=True)
class Document:
    """A configuration file as it was parsed; `table` is None where it says nothing to this linter."""

    path: Path
    text: str
    section: tuple[str, ...]
    table: Table | None


def find(directory: Path) -> Path | None:
    """The configuration file in a directory."""
    for name in NAMES:
        if _is_file(directory / name):
            return directory / name
    pyproject = directory / PYPROJECT
    return pyproject if _is_file(pyproject) and _configures(pyproject) else None


def absolute(path: Path) -> Path:
    """A path from the root, with `..` taken out and links left as they are."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - `resolve` follows links


def layers(path: Path, rules: Mapping[str, Rule]) -> Layer:
    """What a file says, laid over what it extends; raises every mistake in all of them."""
    mistakes: list[Mistake] = []
    layer = _Reading(rules, mistakes).layer(path, ())
    if mistakes:
        raise ConfigError(dict.fromkeys(mistakes))
    return layer


class _Reading:
    """The reading of a file and of those it extends."""

    def __init__(self, rules: Mapping[str, Rule], mistakes: list[Mistake]) -> None:
        self._rules = rules
        self._mistakes = mistakes

    def layer(self, path: Path, above: tuple[Path, ...]) -> Layer:
        """The settings of a file that is extended by those `above`."""
        try:
            document = parse(path)
        except ConfigError as error:
            self._mistakes.extend(error.mistakes)
            return Layer()
        check = Check(path, Places(document.text), document.section, self._rules)
        own = check.layer(document.table or {})
        bases = [self._base(path, target, (*above, path), check) for target in _extended(document, check)]
        self._mistakes.extend(sorted(check.mistakes, key=lambda mistake: mistake.line or 0))
        return own.over(reduce(lambda base, later: later.over(base), bases, Layer()))

    def _base(self, path: Path, target: str, above: tuple[Path, ...], check: Check) -> Layer:
        base = absolute(path.parent / target)
        if base in above:
            check.note(("extends",), f"`extends` leads back to this file through `{target}`", target)
        elif not os.path.lexists(base):
            check.note(("extends",), f"`extends` names `{target}`, which does not exist", target)
        else:
            return self.layer(base, above)
        return Layer()


def _extended(document: Document, check: Check) -> Iterator[str]:
    table = document.table or {}
    value = table.get("extends")
    yield from (value,) if isinstance(value, str) else check.strings(table, "extends") or ()


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - before Python 3.14, `is_file` raises in closed directories


def _configures(pyproject: Path) -> bool:
    """Whether a pyproject.toml has the section; one that mentions it and cannot be parsed counts."""
    data = contents(str(pyproject))
    if isinstance(data, Unreadable) or _SECTION[1].encode() not in data:
        return False
    try:
        return parse(pyproject).table is not None
    except ConfigError:
        return True


def parse(path: Path) -> Document:
    """A configuration file."""
    # A run without a configuration does not pay for the parser.
    from inngest_lint.toml import loads  # noqa: PLC0415 - as said above

    text = _text(path)
    try:
        table: object = loads(text)
    except RecursionError:
        raise ConfigError([Mistake(path, None, "", "nested too deeply")]) from None
    except ValueError as error:
        raise ConfigError([_syntax_error(path, text, str(error))]) from None
    section = _SECTION if path.name == PYPROJECT else ()
    for key in section:
        table = table.get(key) if isinstance(table, dict) else None
    if table is not None and not isinstance(table, dict):
        line = Places(text).line(section)
        raise ConfigError([Mistake(path, line, ".".join(section), f"`{'.'.join(section)}` is not a table")])
    return Document(path, text, section, table)


def _text(path: Path) -> str:
    data = contents(str(path))
    if isinstance(data, Unreadable):
        raise ConfigError([Mistake(path, None, "", f"cannot be read: {data.reason}")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError([Mistake(path, line, "", "not valid UTF-8")]) from None


def _syntax_error(path: Path, text: str, told: str) -> Mistake:
    place = _LINE.search(told)
    line = int(place[1]) if place and place[1] else max(len(text.splitlines()), 1) if place else None
    message = _LINE.sub("", told)
    return Mistake(path, line, "", f"not valid TOML: {message[:1].lower()}{message[1:]}")
