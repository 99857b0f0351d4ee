"""Paint: text in colour, or as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

from inngest_lint.diagnostic import Severity

_OFF = ("0", "false", "off", "no")


class Paint(Enum):
    """What a piece of text is, told by its colour; the text says the same without."""

    PLAIN = "none"
    STRONG = "bold"
    GUTTER = "bold bright_blue"  # plain blue is too dark to be read on black
    ERROR = "bold red"
    WARNING = "bold yellow"
    INFO = "bold cyan"
    HELP = "bold green"


Painter = Callable[[str, Paint], str]


def of(severity: Severity) -> Paint:
    """The paint of a severity."""
    return Paint[severity.name]


def painter(*, colour: bool) -> Painter:
    """What puts paint on text."""
    return _coloured() if colour else lambda text, _paint: text


def wanted(choice: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """Whether to colour: the command line decides, then the environment, then what is written to."""
    if choice != "auto":
        return choice == "always"
    for name in ("FORCE_COLOR", "CLICOLOR_FORCE"):
        if value := environment.get(name):
            return value.lower() not in _OFF
    if environment.get("NO_COLOR") or environment.get("TERM") == "dumb":
        return False
    return terminal


def _coloured() -> Painter:
    from rich.color import ColorSystem  # noqa: PLC0415 - a run without colour need not wait for it
    from rich.style import Style  # noqa: PLC0415 - as above

    styles = {paint: Style.parse(paint.value) for paint in Paint}
    return lambda text, paint: styles[paint].render(text, color_system=ColorSystem.STANDARD)
