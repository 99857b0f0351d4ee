"""Settings: what an editor's own configuration asks for, beside the files of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SECTION = "inngest-lint"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a user has set in the editor: rules as on the command line, and which configuration file is used."""

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    config: str | None = None
    isolated: bool = False


def wishes(given: object) -> Wishes:
    """The wishes in what an editor sent, with or without the name of the section around them.

    Editors send whatever a user has written, so what has another type than it should is left out.
    """
    table = _table(given)
    table = _table(table[SECTION]) if SECTION in table else table
    config, isolated = table.get("config"), table.get("isolated")
    return Wishes(
        select=_names(table.get("select")),
        extend_select=_names(table.get("extendSelect", table.get("extend-select"))),
        ignore=_names(table.get("ignore")),
        config=config if isinstance(config, str) and config else None,
        isolated=isolated is True,
    )


def _table(given: object) -> Mapping[str, object]:
    return {str(key): value for key, value in given.items()} if isinstance(given, Mapping) else {}


def _names(given: object) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(name.strip() for name in given.split(",") if name.strip())
    return tuple(each for each in given if isinstance(each, str)) if isinstance(given, (list, tuple)) else ()
