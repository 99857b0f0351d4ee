"""Layers: what one configuration file says, and how one lies over another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inngest_lint.model.language import Language

if TYPE_CHECKING:
    from inngest_lint.diagnostic import Severity

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What is set for a rule; `off` instead of a severity leaves it out."""

    severity: Severity | None = None
    off: bool = False
    options: object = None


@dataclass(frozen=True, slots=True)
class Layer:
    """The settings of one file; None is what it does not mention."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None
    fail_level: Severity | None = None
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] | None = None
    respect_gitignore: bool | None = None
    against: str | None = None
    baseline: str | None = None
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    effects: Mapping[Language, Table] = field(default_factory=dict)

    def over(self, base: Layer) -> Layer:
        """What the layer says, and else the base; tables are merged by their keys."""
        return Layer(
            select=base.select if self.select is None else self.select,
            ignore=base.ignore if self.ignore is None else self.ignore,
            extend_select=base.extend_select if self.extend_select is None else self.extend_select,
            fail_level=self.fail_level or base.fail_level,
            include=base.include if self.include is None else self.include,
            exclude=base.exclude if self.exclude is None else self.exclude,
            extend_exclude=base.extend_exclude if self.extend_exclude is None else self.extend_exclude,
            respect_gitignore=base.respect_gitignore if self.respect_gitignore is None else self.respect_gitignore,
            against=base.against if self.against is None else self.against,
            baseline=base.baseline if self.baseline is None else self.baseline,
            per_file_ignores={**base.per_file_ignores, **self.per_file_ignores},
            rules={**base.rules, **self.rules},
            effects={
                language: {**base.effects.get(language, {}), **self.effects.get(language, {})} for language in Language
            },
        )
