"""Documents: the keys of a configuration and the options of rules as tables in Markdown and as text."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from inngest_lint.config.keys import KEYS, Key
from inngest_lint.config.mistakes import ConfigError, Mistake, did_you_mean
from inngest_lint.config.options import options

if TYPE_CHECKING:
    from inngest_lint.rule import Rule

_TYPES: dict[object, str] = {
    bool: "`true`, `false`",
    int: "a whole number",
    float: "a number",
    str: "a string",
    tuple[str, ...]: "a list of strings",
}
_INDENT = "  "
_NARROWEST, _USUAL = 20, 80


def keys_as_markdown() -> str:
    """The table of all keys."""
    rows = ((key.name, key.kind.value, _default(key.default), key.meaning) for key in KEYS)
    return _table("key", rows)


def options_as_markdown(rule: Rule) -> str:
    """The table of a rule's options; empty where it has none."""
    given = options(rule)
    rows = ((option.name, _TYPES[option.kind], _default(option.default), option.meaning) for option in given)
    return _table("option", rows) if given else ""


def as_text(names: Sequence[str], width: int | None) -> str:
    """What these keys, or all, mean, for a terminal; raises a `ConfigError` for names that are no keys."""
    known = {key.name: key for key in KEYS}
    if unknown := [name for name in names if name not in known]:
        raise ConfigError(_unknown(name, known) for name in unknown)
    return "\n".join(_text(known[name], width or _USUAL) for name in names or known)


def _unknown(name: str, known: Iterable[str]) -> Mistake:
    near = did_you_mean(name, known)
    return Mistake(None, None, name, f"unknown key `{name}`" + (f", did you mean `{near}`?" if near else ""))


def _text(key: Key, width: int) -> str:
    takes = f"takes {key.kind.value}; by default {_default(key.default)}".replace("`", "")
    room = max(_NARROWEST, width - len(_INDENT))
    lines = [line for text in (key.meaning, takes) for line in textwrap.wrap(text, room)]
    return "".join((f"{key.name}\n", *(f"{_INDENT}{line}\n" for line in lines)))


def _table(head: str, rows: Iterable[tuple[str, str, str, str]]) -> str:
    lines = (f"| `{name}` | {takes} | {default} | {meaning} |\n" for name, takes, default, meaning in rows)
    return "".join((f"| {head} | takes | default | meaning |\n|---|---|---|---|\n", *lines))


def _default(value: object) -> str:
    return "none" if value is None else f"`{json.dumps(value)}`"
