"""The schema: what a configuration may say, as a JSON Schema for editors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from inngest_lint import pages
from inngest_lint.config.check import OFF
from inngest_lint.config.keys import KEYS, Key, Kind
from inngest_lint.config.options import Option, options
from inngest_lint.diagnostic import Severity
from inngest_lint.effects import Condition, Effect
from inngest_lint.model.language import Language
from inngest_lint.rule import Category, Preset, Rule, all_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Schema = dict[str, object]

URL = "https://raw.githubusercontent.com/inngest-lint/inngest-lint/main/inngest-lint.schema.json"
"""Where editors find the schema."""

_DRAFT = "http://json-schema.org/draft-07/schema#"
_LEVELS = [*(severity.value for severity in Severity), OFF]
_STRINGS: Schema = {"type": "array", "items": {"type": "string"}}
_TYPES: Mapping[object, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    tuple[str, ...]: _STRINGS,
}
_EFFECTS = {
    Effect.PURE: "The call does nothing that a rule needs to know, whatever the catalogue says of it.",
    Effect.STEP_RUN: "The call wraps `step.run`: the functions among its arguments run inside a step.",
}


def as_json() -> str:
    """The schema, with all rules, as a file."""
    return f"{json.dumps(schema(all_rules()), indent=2, ensure_ascii=False)}\n"


def schema(rules: Mapping[str, Rule]) -> Schema:
    """The schema (draft 7) of a configuration file, or of the table `tool.inngest-lint`, with these rules."""
    return {
        "$schema": _DRAFT,
        "$id": URL,
        "title": "inngest-lint",
        "description": "The configuration of inngest-lint: `inngest-lint.toml`, or `[tool.inngest-lint]` in "
        "`pyproject.toml`.",
        **_table({key.name: _key(key, rules) for key in KEYS}),
        "definitions": {
            "selector": {"oneOf": [*_named_rules(rules), *map(_category, Category), *map(_preset, Preset)]},
            "level": {"enum": _LEVELS},
            "settings": _settings(()),
            "effect": {"oneOf": list(map(_effect, Effect))},
            "deed": _deed(),
            "library": _library(),
            "libraries": _libraries(),
        },
    }


def _key(key: Key, rules: Mapping[str, Rule]) -> Schema:
    described: Schema = {"description": _sentence(key.meaning), **_taken(key.kind, rules)}
    return described if key.default is None else {**described, "default": key.default}


def _taken(kind: Kind, rules: Mapping[str, Rule]) -> Schema:
    match kind:
        case Kind.PATH:
            return {"type": "string"}
        case Kind.PATHS:
            return {"anyOf": [{"type": "string"}, _STRINGS]}
        case Kind.SELECTORS:
            return _selectors()
        case Kind.SELECTORS_OF_GLOBS:
            return {"type": "object", "additionalProperties": _selectors()}
        case Kind.SEVERITY:
            return {"enum": [severity.value for severity in Severity]}
        case Kind.GLOBS:
            return _STRINGS
        case Kind.FLAG:
            return {"type": "boolean"}
        case Kind.RULES:
            return _table({rule.name: _rule(rule) for rule in rules.values()})
        case Kind.EFFECTS:
            return _table({language.value: _reference("libraries") for language in Language})


def _selectors() -> Schema:
    return {"type": "array", "items": _reference("selector")}


def _named_rules(rules: Mapping[str, Rule]) -> Iterable[Schema]:
    return (_constant(rule.name, rule.summary) for rule in rules.values())


def _category(category: Category) -> Schema:
    return _constant(category.value, f"The rules of the category `{category.value}`.")


def _preset(preset: Preset) -> Schema:
    held = [f"`{each.value}`" for each in tuple(Preset)[: tuple(Preset).index(preset)]]
    holding = f", which holds {' and '.join(held)}" if held else ""
    return _constant(preset.value, f"The preset `{preset.value}`{holding}.")


def _effect(effect: Effect) -> Schema:
    return _constant(effect.value, _EFFECTS.get(effect, f"The call has to do with {effect.phrase}."))


def _rule(rule: Rule) -> Schema:
    standing = f"`{rule.severity.value}`, `{rule.category.value}`, `{rule.preset.value}`"
    given = options(rule)
    return {
        "description": f"{rule.summary}\n\n{standing}: {pages.url(rule.name)}",
        "anyOf": [_reference("level"), _settings(given) if given else _reference("settings")],
    }


def _settings(given: Iterable[Option]) -> Schema:
    return _table({"severity": _reference("level"), **{option.name: _option(option) for option in given}})


def _option(option: Option) -> Schema:
    return {"description": _sentence(option.meaning), **_TYPES[option.kind], "default": option.default}


def _deed() -> Schema:
    """What a call does, by the effect alone or with the condition for it."""
    conditions: Schema = {"enum": [condition.value for condition in Condition]}
    table = _table({"effect": _reference("effect"), "when": conditions})
    return {"anyOf": [_reference("effect"), {**table, "required": ["effect"]}]}


def _library() -> Schema:
    """What the calls below a name do; a table with an `effect` is no such table, but one call."""
    return {
        "type": "object",
        "properties": {"effect": False, "when": False},
        "additionalProperties": {"anyOf": [_reference("deed"), _reference("library")]},
    }


def _libraries() -> Schema:
    return {
        "type": "object",
        "properties": {"alias": {"type": "object", "additionalProperties": {"type": "string"}}},
        "additionalProperties": {"anyOf": [_reference("deed"), _reference("library")]},
    }


def _table(properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def _constant(value: str, description: str) -> Schema:
    return {"const": value, "description": description}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _sentence(meaning: str) -> str:
    return f"{meaning[:1].upper()}{meaning[1:]}."
