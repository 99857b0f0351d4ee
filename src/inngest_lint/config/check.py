"""Checks: the settings of one file, and every mistake in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inngest_lint.config.keys import KEYS
from inngest_lint.config.layer import Layer, RuleSettings, Table
from inngest_lint.config.mistakes import Mistake, did_you_mean
from inngest_lint.config.options import options
from inngest_lint.diagnostic import Severity
from inngest_lint.model.language import Language
from inngest_lint.rule import Category, Preset, Rule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from inngest_lint.config.places import Places

OFF = "off"
"""What stands in the place of a severity where a rule is left out."""

_KEYS = tuple(key.name for key in KEYS)
_SEVERITIES = {severity.value: severity for severity in Severity}
_TYPES: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    str: "a string",
    list: "a list",
    dict: "a table",
    float: "a number",
}


def selectors(rules: Iterable[str]) -> frozenset[str]:
    """What may stand in `select` and its like: names of rules, of categories, of presets."""
    return frozenset((*rules, *(each.value for each in Category), *(each.value for each in Preset)))


def unknown_selectors(names: Iterable[str], key: str, rules: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names that select nothing, each with what there is to say about it."""
    known = selectors(rules)
    for name in names:
        if name not in known:
            yield name, f"unknown rule `{name}` in `{key}`{_hint(name, known)}"


class Check:
    """A table of settings as a layer; what is wrong in it is left out, and noted in `mistakes`."""

    def __init__(self, path: Path, places: Places, section: tuple[str, ...], rules: Mapping[str, Rule]) -> None:
        self.mistakes: list[Mistake] = []
        self._path = path
        self._places = places
        self._section = section
        self._rules = rules

    def note(self, keys: tuple[str, ...], message: str, item: str | None = None) -> None:
        """Note a mistake at a key, or at an item of its list."""
        line = self._places.line((*self._section, *keys), item)
        self.mistakes.append(Mistake(self._path, line, ".".join(keys), message))

    def layer(self, table: Table) -> Layer:
        """The settings of a table."""
        self._known_keys(table, _KEYS, ())
        return Layer(
            select=self._selectors(table, "select"),
            ignore=self._selectors(table, "ignore"),
            extend_select=self._selectors(table, "extend-select"),
            fail_level=self._fail_level(table),
            include=self.strings(table, "include"),
            exclude=self.strings(table, "exclude"),
            extend_exclude=self.strings(table, "extend-exclude"),
            respect_gitignore=self._flag(table, "respect-gitignore"),
            against=self._string(table, "against"),
            baseline=self._string(table, "baseline"),
            per_file_ignores=dict(self._per_file_ignores(table)),
            rules=dict(self._rule_settings(table)),
            effects=dict(self._effects(table)),
        )

    def strings(self, table: Table, *keys: str) -> tuple[str, ...] | None:
        """A list of strings."""
        value = table.get(keys[-1])
        if value is None:
            return None
        if not isinstance(value, list):
            self._wrong_type(keys, "a list of strings", value)
            return None
        for item in value:
            if not isinstance(item, str):
                self.note(keys, f"`{keys[-1]}` takes strings, not {_described(item)}")
        return tuple(item for item in value if isinstance(item, str))

    def _selectors(self, table: Table, *keys: str) -> tuple[str, ...] | None:
        names = self.strings(table, *keys)
        wrong = dict(unknown_selectors(names or (), keys[-1], self._rules))
        for name, message in wrong.items():
            self.note(keys, message, name)
        return None if names is None else tuple(name for name in names if name not in wrong)

    def _fail_level(self, table: Table) -> Severity | None:
        value = self._choice(table, ("fail-level",), tuple(_SEVERITIES))
        return _SEVERITIES[value] if value else None

    def _flag(self, table: Table, key: str) -> bool | None:
        value = table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self._wrong_type((key,), _TYPES[bool], value)
        return None

    def _string(self, table: Table, key: str) -> str | None:
        value = table.get(key)
        if value is None or isinstance(value, str):
            return value
        self._wrong_type((key,), _TYPES[str], value)
        return None

    def _choice(self, table: Table, keys: tuple[str, ...], choices: Collection[str]) -> str | None:
        value = table.get(keys[-1])
        if value is None or (isinstance(value, str) and value in choices):
            return value
        *others, last = (f'"{choice}"' for choice in choices)
        allowed = f"{', '.join(others)} or {last}"
        if not isinstance(value, str):
            self._wrong_type(keys, allowed, value)
        else:
            self.note(keys, f'`{keys[-1]}` takes {allowed}, not "{value}"{_hint(value, choices)}')
        return None

    def _per_file_ignores(self, table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
        ignores = self._table(table, "per-file-ignores")
        for glob in ignores:
            yield glob, self._selectors(ignores, "per-file-ignores", glob) or ()

    def _rule_settings(self, table: Table) -> Iterator[tuple[str, RuleSettings]]:
        settings = self._table(table, "rules")
        for name, value in settings.items():
            if name not in self._rules:
                self.note(("rules", name), f"unknown rule `{name}` in `rules`{_hint(name, self._rules)}")
            elif isinstance(value, dict):
                severity, off = self._severity(value, ("rules", name, "severity"))
                yield name, RuleSettings(severity, off, self._options(self._rules[name], value))
            else:
                yield name, RuleSettings(*self._severity(settings, ("rules", name)))

    def _severity(self, table: Table, keys: tuple[str, ...]) -> tuple[Severity | None, bool]:
        value = self._choice(table, keys, (*_SEVERITIES, OFF))
        return (None if value is None else _SEVERITIES.get(value)), value == OFF

    def _options(self, rule: Rule, table: Table) -> object:
        types = {option.name: option.kind for option in options(rule)}
        self._known_keys(table, ("severity", *types), ("rules", rule.name))
        if rule.options is None:
            return None
        given: dict[str, object] = {}
        for name in types.keys() & table.keys():
            value = self._option(table, types[name], ("rules", rule.name, name))
            if value is not None:
                given[name.replace("-", "_")] = value
        made: object = rule.options(**given)
        return made

    def _option(self, table: Table, kind: object, keys: tuple[str, ...]) -> object:
        if kind == tuple[str, ...]:
            return self.strings(table, *keys)
        value = table[keys[-1]]
        # `type`, for a bool is an int to `isinstance`.
        if type(value) is kind:
            return value
        self._wrong_type(keys, _TYPES[kind] if isinstance(kind, type) else str(kind), value)
        return None

    def _effects(self, table: Table) -> Iterator[tuple[Language, Table]]:
        effects = self._table(table, "effects")
        self._known_keys(effects, tuple(language.value for language in Language), ("effects",))
        for language in Language:
            libraries = self._table(effects, "effects", language.value)
            yield language, {name: value for name, value in libraries.items() if self._holds(language, name, value)}

    def _holds(self, language: Language, name: str, value: object) -> bool:
        from inngest_lint.effects import CatalogueError, catalogue  # noqa: PLC0415 - only who has effects pays

        # Each library by itself: a catalogue tells of its first mistake only.
        try:
            catalogue(language).extended({name: value})
        except CatalogueError as error:
            keys = ("effects", language.value, *error.keys)
            self.note(keys, f"`{'.'.join(keys)}`: {error.reason}")
            return False
        return True

    def _table(self, table: Table, *keys: str) -> Table:
        value = table.get(keys[-1], {})
        if isinstance(value, dict):
            return value
        self._wrong_type(keys, _TYPES[dict], value)
        return {}

    def _known_keys(self, table: Table, known: Collection[str], above: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                where = f" in `{'.'.join(above)}`" if above else ""
                self.note((*above, key), f"unknown key `{key}`{where}{_hint(key, known)}")

    def _wrong_type(self, keys: tuple[str, ...], wanted: str, value: object) -> None:
        self.note(keys, f"`{keys[-1]}` takes {wanted}, not {_described(value)}")


def _described(value: object) -> str:
    return _TYPES.get(type(value), "a date or time")


def _hint(name: str, known: Iterable[str]) -> str:
    nearest = did_you_mean(name, known)
    return f", did you mean `{nearest}`?" if nearest else ""
