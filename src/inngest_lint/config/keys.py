"""Keys: what a configuration may say, and what each key means, for documents and editors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a key takes; the value is how documents put it."""

    PATH = "a path"
    PATHS = "a path, or several"
    SELECTORS = "names of rules, categories, presets"
    SELECTORS_OF_GLOBS = "globs, each with names of rules, categories, presets"
    SEVERITY = '`"error"`, `"warning"`, `"info"`'
    GLOBS = "globs"
    FLAG = "`true`, `false`"
    RULES = "names of rules"
    EFFECTS = "a table for each language"


Default = bool | str | tuple[str, ...] | dict[str, object] | None


@dataclass(frozen=True, slots=True)
class Key:
    """A key: what it takes, what counts where it is not set, and what it means; a default of None is no value."""

    name: str
    kind: Kind
    default: Default
    meaning: str


KEYS = (
    Key(
        "extends",
        Kind.PATHS,
        None,
        "files that this one builds on; its own keys win, tables are merged",
    ),
    Key("select", Kind.SELECTORS, ("recommended",), "what is checked"),
    Key("extend-select", Kind.SELECTORS, (), "what is checked as well"),
    Key("ignore", Kind.SELECTORS, (), "what is not checked"),
    Key(
        "per-file-ignores",
        Kind.SELECTORS_OF_GLOBS,
        {},
        "what is not checked in the files of a glob; one that begins with `!` stands for all others",
    ),
    Key(
        "fail-level",
        Kind.SEVERITY,
        "warning",
        "the least severity for exit code 1; that of the working directory counts",
    ),
    Key("include", Kind.GLOBS, (), "only these files are read; without any, all are"),
    Key("exclude", Kind.GLOBS, (), "these are not read; one that begins with `!` brings back what is skipped"),
    Key(
        "extend-exclude",
        Kind.GLOBS,
        (),
        "these are not read either, which leaves `exclude` of an extended file in force",
    ),
    Key("respect-gitignore", Kind.FLAG, default=True, meaning="whether what a `.gitignore` names is skipped"),
    Key(
        "against",
        Kind.PATH,
        None,
        "the manifest that the code is held against, relative to the configuration file",
    ),
    Key(
        "baseline",
        Kind.PATH,
        None,
        "the findings that are accepted and not reported, relative to the configuration file; that of the working "
        "directory counts",
    ),
    Key(
        "rules",
        Kind.RULES,
        {},
        'for each a severity or `"off"`, or a table with `severity` and the options of its page',
    ),
    Key("effects", Kind.EFFECTS, {}, "what calls of libraries and modules of your own do, by their names"),
)
