"""Entries: what a manifest says of functions and of their steps."""

from __future__ import annotations

from dataclasses import dataclass

from inngest_lint.model.body import StepKind
from inngest_lint.model.language import Language
from inngest_lint.text import Source

HOLE = "{…}"
"""What stands in a pattern for all that is not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step by its kind and its id; a `pattern` is an id with holes."""

    kind: StepKind
    id: str
    pattern: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of a handler in the order they are written, each once, and how many there are of unknown ids."""

    known: tuple[Step, ...] = ()
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts a function; None is what there is not, or what is not known."""

    event: str | None = None
    cron: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Function:
    """A function: the id it is known to Inngest by, with its app's, and where its code is.

    `id` and `app` are None where they are not known, `name` is what the code calls it, `file` an absolute path.
    """

    app: str | None
    id: str | None
    name: str
    file: str
    language: Language
    triggers: tuple[Trigger, ...] = ()
    steps: Steps = Steps()
    on_failure: Steps | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The functions of a project."""

    functions: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class Against:
    """A manifest that a run is held against.

    `source` is the file it was read from; `covered` are the files it names of which the run knows that what they
    declared is gone if it was not found: those below a directory it was asked to look at, read whole or deleted.
    """

    manifest: Manifest
    source: Source
    covered: frozenset[str] = frozenset()
