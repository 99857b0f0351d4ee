"""Versions: which release of the SDK a project asks for, from its own files."""

from __future__ import annotations

from pathlib import Path

from inngest_lint.model.language import Language
from inngest_lint.project.versions.npm import npm_sdk
from inngest_lint.project.versions.python import python_sdk
from inngest_lint.project.versions.ranges import Release, Sdk

__all__ = ["Release", "Sdk", "sdk_of"]


def sdk_of(directory: Path, language: Language) -> Sdk | None:
    """What the nearest file for dependencies of a language asks for, from a directory upward; None where none does."""
    return python_sdk(directory) if language is Language.PYTHON else npm_sdk(directory)
