"""Configuration: which rules run on a file, how severe they are, and what is read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inngest_lint.config.check import unknown_selectors
from inngest_lint.config.files import absolute, find, layers
from inngest_lint.config.mistakes import ConfigError, Mistake, did_you_mean
from inngest_lint.diagnostic import Severity
from inngest_lint.files.gitignore import Patterns
from inngest_lint.rule import Preset, Rule, all_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from inngest_lint.config.layer import Layer, RuleSettings, Table
    from inngest_lint.effects import Catalogue
    from inngest_lint.model.language import Language

__all__ = ["Config", "ConfigError", "Configs", "Mistake", "did_you_mean", "load_config"]


@dataclass(frozen=True, slots=True)
class Config:
    """The settings in force for a file.

    `path` is the file they come from, `root` the directory that globs are relative to.
    """

    path: Path | None = None
    root: Path = field(default_factory=Path.cwd)
    select: tuple[str, ...] = (Preset.RECOMMENDED.value,)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    fail_level: Severity = Severity.WARNING
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    respect_gitignore: bool = True
    against: Path | None = None
    baseline: Path | None = None
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    effects: Mapping[Language, Table] = field(default_factory=dict)

    def enabled(self, rules: Mapping[str, Rule]) -> frozenset[str]:
        """The names of the rules that are selected and not ignored."""
        chosen = _expanded((*self.select, *self.extend_select), rules)
        return chosen - _expanded(self.ignore, rules)

    def severity(self, rule: Rule) -> Severity:
        """How severe the findings of a rule are."""
        settings = self.rules.get(rule.name)
        return settings.severity if settings and settings.severity else rule.severity

    def options(self, rule: Rule) -> object | None:
        """The options of a rule, an instance of its class of options."""
        settings = self.rules.get(rule.name)
        if settings and settings.options is not None:
            return settings.options
        made: object | None = rule.options() if rule.options else None
        return made

    def ignored_in(self, path: Path, rules: Mapping[str, Rule]) -> frozenset[str]:
        """The names of the rules that are ignored in a file."""
        file, root = absolute(path), absolute(self.root)
        if not file.is_relative_to(root):
            return frozenset()
        relative = file.relative_to(root).as_posix()
        names = (names for glob, names in self.per_file_ignores.items() if _matches(glob, relative))
        return _expanded((name for each in names for name in each), rules)

    @property
    def advises(self) -> bool:
        """Whether what rules have to say that is advice alone is asked for."""
        return Preset.ALL.value in (*self.select, *self.extend_select)

    def catalogue(self, language: Language) -> Catalogue:
        """The catalogue of effects of a language, with what is configured."""
        from inngest_lint.effects import catalogue  # noqa: PLC0415 - only rules about effects pay for its tables

        extra = self.effects.get(language)
        return catalogue(language).extended(extra) if extra else catalogue(language)

    def with_overrides(
        self,
        *,
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        extend_select: Sequence[str] = (),
    ) -> Config:
        """The settings with the options of the command line; `--select` starts from nothing."""
        given = {"--select": select, "--ignore": ignore, "--extend-select": extend_select}
        mistakes = [
            Mistake(None, None, option, message)
            for option, names in given.items()
            for _, message in unknown_selectors(names, option, all_rules())
        ]
        if mistakes:
            raise ConfigError(mistakes)
        start = replace(self, select=tuple(select), ignore=(), extend_select=()) if select else self
        return replace(
            start,
            ignore=(*start.ignore, *ignore),
            extend_select=(*start.extend_select, *extend_select),
        )


class Configs:
    """The configurations of a run: each is read once, and each directory looked into once.

    An `explicit` file is used for everything, its globs relative to the working directory; `isolated`
    is a run that reads none.
    """

    def __init__(self, explicit: Path | None = None, *, isolated: bool = False) -> None:
        self._default = Config()
        if explicit is not None and not isolated:
            self._default = replace(load_config(explicit), root=Path.cwd())
        self._fixed = isolated or explicit is not None
        self._found: dict[Path, Config] = {}

    def for_file(self, path: Path) -> Config:
        """The configuration nearest to a file."""
        return self.for_directory(path.parent)

    def for_directory(self, directory: Path) -> Config:
        """The configuration nearest to what stands in a directory."""
        if self._fixed:
            return self._default
        start = absolute(directory)
        asked: list[Path] = []
        config = self._default
        for above in (start, *start.parents):
            if above in self._found:
                config = self._found[above]
                break
            asked.append(above)
            path = find(above)
            if path is not None:
                config = load_config(path)
                break
        self._found.update(dict.fromkeys(asked, config))
        return config


def load_config(file: Path) -> Config:
    """The settings of a file and of what it extends; raises a `ConfigError` with every mistake."""
    path = absolute(file)
    return _config(path, layers(path, all_rules()))


def _config(path: Path, layer: Layer) -> Config:
    # To give a rule a severity selects it, to switch it off ignores it.
    tuned = tuple(name for name, settings in layer.rules.items() if settings.severity)
    off = tuple(name for name, settings in layer.rules.items() if settings.off)
    default = Config()
    return Config(
        path=path,
        root=path.parent,
        select=default.select if layer.select is None else layer.select,
        ignore=(*(layer.ignore or ()), *off),
        extend_select=(*(layer.extend_select or ()), *tuned),
        fail_level=layer.fail_level or default.fail_level,
        include=layer.include or (),
        exclude=(*(layer.exclude or ()), *(layer.extend_exclude or ())),
        respect_gitignore=layer.respect_gitignore is not False,
        against=path.parent / layer.against if layer.against is not None else None,
        baseline=path.parent / layer.baseline if layer.baseline is not None else None,
        per_file_ignores=layer.per_file_ignores,
        rules=layer.rules,
        effects=layer.effects,
    )


def _expanded(names: Iterable[str], rules: Mapping[str, Rule]) -> frozenset[str]:
    """The rules that names of rules, categories and presets stand for."""
    wanted = frozenset(names)
    return frozenset(rule.name for rule in rules.values() if wanted & _names(rule))


def _names(rule: Rule) -> frozenset[str]:
    presets = tuple(Preset)
    return frozenset((rule.name, rule.category.value, *(p.value for p in presets[presets.index(rule.preset) :])))


def _matches(glob: str, path: str) -> bool:
    """Whether a glob stands for a file; one that begins with `!` stands for all others."""
    return _patterns(glob.removeprefix("!")).covers(path) is not glob.startswith("!")


@cache
def _patterns(glob: str) -> Patterns:
    return Patterns((glob,))
