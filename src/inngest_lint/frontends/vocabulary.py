"""Vocabularies: how an SDK spells the model, read from one TOML file per language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from inngest_lint.model.body import StepKind
from inngest_lint.model.function import Language, Replaced
from inngest_lint.toml import load


class _StepTable(TypedDict):
    kind: str
    arguments: list[str]
    names: dict[str, str]


class _ReplacedTable(TypedDict, total=False):
    instead: str
    rename: str
    since: str
    until: str


class _OptionTable(TypedDict, total=False):
    accepts: list[str]
    names: dict[str, str]
    mistaken: dict[str, str]
    respelt: list[str]
    retired: dict[str, str]
    replaced: dict[str, _ReplacedTable]


class _Tables(TypedDict):
    function: dict[str, str]
    settings: dict[str, str]
    keys: dict[str, str]
    context: dict[str, str]
    step: dict[str, _StepTable]
    options: dict[str, _OptionTable]
    replaced: dict[str, _ReplacedTable]
    serve: dict[str, int]
    collections: dict[str, list[str]]
    functions: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class StepMethod:
    """A step method: its kind, its parameters in order, and the model's name for each.

    The entries of what is given for a parameter called `*` are arguments themselves.
    """

    kind: StepKind
    parameters: tuple[str, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OptionClass:
    """A configuration class of the SDK: the names it knows, the model's name for each, what is mistaken for one.

    Values under `respelt` names are written in another way; `retired` names were known before a release, and
    `replaced` ones are known to some releases only. No names at all: nothing is said about those it does not know.
    """

    accepts: tuple[str, ...]
    names: Mapping[str, str]
    mistaken: Mapping[str, str]
    respelt: frozenset[str]
    retired: Mapping[str, tuple[int, ...]]
    replaced: Mapping[str, Replaced]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one SDK.

    `settings` and `keys` lead from the words for settings, and for what is in them, to those of the model.
    `contexts` leads from the class a parameter is annotated with to the part of the context it holds.
    `replaced` are the exports that only some releases have.
    `mutators` are the methods that change a collection in place, `changers` functions that change their first argument.
    `callers` are functions that call what they are given before they return, `calling_methods` methods that do,
    `wrappers` those that hand on the function they are given, `loggers` those that give a logger around the one they
    are given. `serves` register functions, and lead to the position of the client, which the functions follow;
    `connects` do for several clients, `made` is the list that a client keeps of the functions made with it.
    """

    create: str
    id: str
    triggers: str
    on_failure: str
    settings: Mapping[str, str]
    keys: Mapping[str, str]
    contexts: Mapping[tuple[str, ...], tuple[str, ...]]
    immediate: frozenset[tuple[str, ...]]
    steps: Mapping[tuple[str, ...], StepMethod]
    options: Mapping[tuple[str, ...], OptionClass]
    replaced: Mapping[tuple[str, ...], Replaced]
    mutators: frozenset[str]
    changers: frozenset[str]
    copies: frozenset[str]
    callers: frozenset[str]
    calling_methods: frozenset[str]
    wrappers: frozenset[str]
    loggers: frozenset[str]
    suppressors: frozenset[str]
    step_decorators: frozenset[str]
    function_decorators: frozenset[str]
    serves: Mapping[tuple[str, ...], int]
    connects: frozenset[tuple[str, ...]]
    made: str


STEP_TOOLS = ("step",)
"""The part of the context that takes steps."""
LOGGER = ("logger",)
"""The part of the context that logs."""


def path_of(dotted: str) -> tuple[str, ...]:
    """A dotted name as a path; the empty name is the empty path."""
    return tuple(dotted.split(".")) if dotted else ()


@cache
def vocabulary(language: Language) -> Vocabulary:
    """The vocabulary of a language."""
    # A fixed file beside this module: `importlib.resources` costs more than reading it.
    with Path(__file__).with_name(f"{language.value}.toml").open("rb") as file:
        tables: _Tables = load(file)  # type: ignore[assignment]  # tests hold the file to the SDK
    functions = {role: frozenset(names) for role, names in tables["functions"].items()}
    collections = {role: frozenset(names) for role, names in tables["collections"].items()}
    return Vocabulary(
        create=tables["function"]["create"],
        id=tables["function"]["id"],
        triggers=tables["function"]["triggers"],
        on_failure=tables["function"]["on-failure"],
        settings=tables["settings"],
        keys=tables["keys"],
        contexts={path_of(name): path_of(part) for name, part in tables["context"].items()},
        immediate=frozenset(path_of(name) for name in functions["immediate"]),
        steps={path_of(name): _step_method(step) for name, step in tables["step"].items()},
        options={path_of(name): _option_class(option) for name, option in tables["options"].items()},
        replaced={path_of(name): _replaced(table) for name, table in tables["replaced"].items()},
        mutators=collections["mutators"],
        changers=collections["changers"],
        copies=collections["copies"],
        callers=functions["callers"],
        calling_methods=functions["calling-methods"],
        wrappers=functions["wrappers"],
        loggers=functions["loggers"],
        suppressors=functions["suppressors"],
        step_decorators=functions["step-decorators"],
        function_decorators=functions["function-decorators"],
        serves={path_of(name): position for name, position in tables["serve"].items()},
        connects=frozenset(path_of(name) for name in functions["connects"]),
        made=tables["function"]["made"],
    )


def _step_method(table: _StepTable) -> StepMethod:
    return StepMethod(StepKind(table["kind"]), tuple(table["arguments"]), table["names"])


def _option_class(table: _OptionTable) -> OptionClass:
    return OptionClass(
        accepts=tuple(table.get("accepts", ())),
        names=table.get("names", {}),
        mistaken=table.get("mistaken", {}),
        respelt=frozenset(table.get("respelt", ())),
        retired={name: _release(text) for name, text in table.get("retired", {}).items()},
        replaced={name: _replaced(replaced) for name, replaced in table.get("replaced", {}).items()},
    )


def _replaced(table: _ReplacedTable) -> Replaced:
    since, until, rename = table.get("since"), table.get("until"), table.get("rename")
    return Replaced(
        instead=table.get("instead", f"call it `{rename}`"),
        rename=rename,
        since=_release(since) if since else None,
        until=_release(until) if until else None,
    )


def _release(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))
