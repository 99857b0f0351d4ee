"""Rules: how one is declared, what it is given, and the set of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar, Union

from inngest_lint.diagnostic import Confidence, Finding, Severity
from inngest_lint.guideline import Guideline
from inngest_lint.model.language import Language

if TYPE_CHECKING:
    from inngest_lint.manifest.entries import Against
    from inngest_lint.model.function import InngestFunction, Module
    from inngest_lint.project import Project

ALL_LANGUAGES = frozenset(Language)
MEANING = "meaning"
"""Under which key an option's meaning stands in the metadata of its field."""

T = TypeVar("T")


class Category(Enum):
    """What a rule is about."""

    STEPS = "steps"
    DETERMINISM = "determinism"
    SERIALIZATION = "serialization"
    EVENTS = "events"
    ERRORS = "errors"
    FLOW_CONTROL = "flow-control"
    OBSERVABILITY = "observability"
    PERFORMANCE = "performance"
    SDK = "sdk"
    PROJECT = "project"


class Preset(Enum):
    """The sets a rule is in; each holds the ones before it."""

    RECOMMENDED = "recommended"
    STRICT = "strict"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may ask besides its subject; `against` is the manifest that the run is held against, if any is."""

    project: Project
    language: Language
    options: object = None
    against: Against | None = None


Subject = Union["InngestFunction", "Module", "Project"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name and standing, the guideline it is there for, if any, and the function that finds the fault."""

    name: str
    summary: str
    on: type[Subject]
    severity: Severity
    category: Category
    since: str
    preset: Preset
    confidence: Confidence
    languages: frozenset[Language]
    guideline: Guideline | None
    options: type | None
    check: Callable[..., Iterator[Finding]]


def rule(  # noqa: PLR0913 - what is known of a rule
    *,
    on: type[Subject],
    severity: Severity,
    category: Category,
    since: str,
    preset: Preset = Preset.RECOMMENDED,
    confidence: Confidence = Confidence.HIGH,
    languages: frozenset[Language] = ALL_LANGUAGES,
    guideline: Guideline | None = None,
    options: type | None = None,
) -> Callable[[Callable[..., Iterator[Finding]]], Rule]:
    """Declare a function as the rule of its module: the module gives the name, the docstring the summary.

    `on` is what the function is called with, once for each in the project; `options` a frozen
    dataclass of `option`s, filled from `[tool.inngest-lint.rules.<name>]`.
    """

    def declare(check: Callable[..., Iterator[Finding]]) -> Rule:
        return Rule(
            name=check.__name__.replace("_", "-"),
            summary=" ".join((check.__doc__ or "").split()),
            on=on,
            severity=severity,
            category=category,
            since=since,
            preset=preset,
            confidence=confidence,
            languages=languages,
            guideline=guideline,
            options=options,
            check=check,
        )

    return declare


def option(default: T, meaning: str) -> T:
    """Declare an option in a rule's class of options, with what its page and the schema say of it."""
    declared: T = field(default=default, metadata={MEANING: meaning})
    return declared


@cache
def all_rules() -> dict[str, Rule]:
    """Every rule by its name, in alphabetical order: one in each module of `inngest_lint.rules`."""
    package = import_module("inngest_lint.rules")
    found: dict[str, Rule] = {}
    for module in sorted(iter_modules(package.__path__), key=lambda module: module.name):
        declared = getattr(import_module(f"{package.__name__}.{module.name}"), module.name)
        assert isinstance(declared, Rule), f"rules/{module.name}.py declares no rule of its name"
        found[declared.name] = declared
    return found
