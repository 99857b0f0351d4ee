"""Pages: where the text about each rule is, on this machine and on the web."""

from __future__ import annotations

from pathlib import Path

_WEB = "https://github.com/inngest-lint/inngest-lint/blob/main/rules"
# Installed, the pages lie beside this module; in a checkout, at its root.
_PLACES = (Path(__file__).with_name("pages"), Path(__file__).parents[2] / "rules")


def url(rule: str) -> str:
    """The address of a rule's page."""
    return f"{_WEB}/{rule}.md"


def names() -> tuple[str, ...]:
    """The rules that have a page, in alphabetical order."""
    return tuple(sorted(page.stem for page in _directory().glob("*.md")))


def read(rule: str) -> str | None:
    """The text of a rule's page."""
    # Only a name from the listing is opened: what the user types never becomes a path.
    if rule not in names():
        return None
    return (_directory() / f"{rule}.md").read_text(encoding="utf-8")


def shows_fix(rule: str) -> bool:
    """Whether a rule's page shows what its fix makes of bad code."""
    return "\n## Fix\n" in (read(rule) or "")


def _directory() -> Path:
    return next((place for place in _PLACES if place.is_dir()), _PLACES[0])
