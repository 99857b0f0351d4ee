"""Languages: what the user's code is written in."""

from __future__ import annotations

from enum import Enum


class Language(Enum):
    """The languages a front end reads."""

    PYTHON = "python"
    TYPESCRIPT = "typescript"
