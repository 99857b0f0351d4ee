"""The linter: a run from paths to a report."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from inngest_lint.accepted import Accepted, Entry, accepted, covers
from inngest_lint.baseline import Baselines
from inngest_lint.config import Config
from inngest_lint.diagnostic import Diagnostic, Finding, Suppressed
from inngest_lint.files.reading import (
    OTHER_LANGUAGE,
    Irrelevant,
    Undecodable,
    Unreadable,
    contents,
    decode,
    encoded,
    mentions_inngest,
    read,
    text_of,
    typed,
)
from inngest_lint.frontends import language_of, lower
from inngest_lint.frontends.answers import Answers
from inngest_lint.model.language import Language
from inngest_lint.report import Failure, FailureKind, Report
from inngest_lint.request import Progress, Request, Settings, Stdin
from inngest_lint.rule import Context, Rule, all_rules
from inngest_lint.suppression import UNUSED, apply
from inngest_lint.text import Source, Span, shown

if TYPE_CHECKING:
    from inngest_lint.frontends.asked import Asked
    from inngest_lint.manifest.entries import Against
    from inngest_lint.model.function import Module
    from inngest_lint.project import Project, Unresolved

__all__ = ["Linked", "Progress", "Request", "Session", "Stdin", "dumped", "linked", "lint"]

Read = Source | Irrelevant | Undecodable | Unreadable

_SYNTAX_ERROR = "syntax-error"


def lint(request: Request, progress: Progress) -> Report:
    """The report of a run; raises a `ConfigError` before anything is read."""
    return Session(request).report(progress)


class Session:
    """A run that is made again and again while its files change: what a change does not concern is kept."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._answers = Answers()

    def report(self, progress: Progress) -> Report:
        """The report on the files as they are; raises a `ConfigError` before anything is read."""
        self._answers.begin()
        return _Run(self._request, progress, self._answers).report()

    def edit(self, unsaved: Mapping[str, str]) -> None:
        """Take these texts for what the files hold, whatever is on the disk."""
        self._request = replace(self._request, unsaved=unsaved)

    @property
    def lowered(self) -> tuple[str, ...]:
        """The files that had to be lowered for the last report: those that changed, and those asked otherwise."""
        return self._answers.lowered


@dataclass(frozen=True, slots=True)
class Linked:
    """What a run has read: the project, the texts of its files, all files that were read, and what went wrong.

    `partly` are the files of which some part could not be read.
    """

    project: Project
    sources: Mapping[str, Source]
    files: tuple[str, ...]
    failures: tuple[Failure, ...]
    partly: tuple[str, ...] = ()


def linked(request: Request, progress: Progress) -> Linked:
    """What a run reads, before any rule looks at it; raises a `ConfigError` before anything is read."""
    return _Run(request, progress, Answers()).linked()


class _Run:
    """A run on its way, with what it has found so far."""

    def __init__(self, request: Request, progress: Progress, answers: Answers) -> None:
        self._request = request
        self._progress = progress
        self._answers = answers
        self._settings = Settings(request)
        self._baselines = Baselines(request.against, request.paths)
        self._files: list[str] = []
        self._sources: dict[str, Source] = {}
        self._modules: dict[str, Module] = {}
        self._linked: dict[str, Module] = {}
        self._found: dict[str, dict[tuple[str, Span], Diagnostic]] = {}
        self._failures: list[Failure] = []
        self._partly: set[str] = set()
        self._unresolved: set[Unresolved] = set()
        self._suppressed: list[Suppressed] = []

    def report(self) -> Report:
        """The outcome of the run."""
        here = self._settings.here()
        self._baselines.require(here)
        held_against = Accepted() if self._request.everything else accepted(self._request.baseline, here)
        self._load()
        for config, modules in self._groups():
            self._baselines.require(config)
            with self._guarded("", "linking the modules"):
                self._check(config, modules)
        diagnostics: list[Diagnostic] = []
        for file, module in self._modules.items():
            with self._guarded(file, "reading the suppressions"):
                diagnostics.extend(self._kept(file, module))
        diagnostics.extend(self._of_baselines())
        held = held_against.hold(sorted(diagnostics, key=_order), self._sources, self._is_judged)
        return Report(
            diagnostics=held.reported,
            files=tuple(sorted(self._files, key=os.fsencode)),
            sources=self._sources,
            partly=frozenset(self._partly),
            failures=tuple(self._failures),
            unresolved=tuple(sorted(self._unresolved, key=lambda place: place.span)),
            suppressed=tuple(sorted(self._suppressed, key=lambda each: _order(each.diagnostic))),
            accepted=held.accepted,
            stale=held.stale,
            fail_level=here.fail_level,
        )

    def _is_judged(self, entry: Entry) -> bool:
        """Whether the run would have found what an accepted finding is about."""
        if not covers(self._request.paths, entry.path) or not self._is_checked(shown(entry.path)):
            return False
        return entry.rule not in self._rules or entry.rule in self._enabled(self._settings.of(shown(entry.path)))

    def _is_checked(self, file: str) -> bool:
        return file not in self._partly and (file in self._files or not os.path.lexists(file))

    def linked(self) -> Linked:
        """What the run reads."""
        config = self._settings.here()
        self._load()
        files = tuple(sorted(self._files, key=os.fsencode))
        partly = tuple(sorted(self._partly, key=os.fsencode))
        return Linked(self._project(config), self._sources, files, tuple(self._failures), partly)

    def _load(self) -> None:
        """Read the files of the run, and what their functions use of others."""
        for found in self._read():
            self._take(found)
            self._progress.advance(found.file)
        # Whatever order the paths were given in, a name that may lead to two files leads to the same one.
        self._modules = dict(sorted(self._modules.items()))
        with self._guarded("", "following imports"):
            self._link()
        self._answers.close()

    @property
    def _rules(self) -> Mapping[str, Rule]:
        # They are imported when a file is found that they have to look at.
        return all_rules()

    def _read(self) -> Iterator[Read]:
        files, stdin = self._discover(), self._request.stdin
        self._progress.begin(len(files) + (stdin is not None))
        if stdin is not None:
            yield _standard_input(stdin)
        for file in files:
            if stdin is None or file != stdin.file:
                yield self._text(file) or read(file)

    def _text(self, file: str) -> Source | Irrelevant | None:
        """What an editor holds of a file."""
        text = self._request.unsaved.get(file)
        return typed(file, text) if text is not None else None

    def _discover(self) -> tuple[str, ...]:
        found = self._settings.discovered()
        for path in found.missing:
            self._failures.append(Failure(FailureKind.MISSING, path, "no such file or directory"))
        for unreadable in found.unreadable:
            self._fail(unreadable)
        # A file that was never saved is found nowhere.
        created = (file for file in self._request.unsaved if language_of(file) and not os.path.lexists(file))
        return tuple(sorted({*found.files, *created}, key=os.fsencode))

    def _fail(self, unreadable: Unreadable) -> None:
        self._failures.append(Failure(FailureKind.UNREADABLE, unreadable.file, unreadable.reason))

    def _take(self, found: Read) -> None:
        """Lower what was read of a file, or note why there is nothing to lower."""
        if isinstance(found, Unreadable):
            self._fail(found)
            return
        self._files.append(found.file)
        if isinstance(found, Undecodable):
            self._spoiled(found)
        elif isinstance(found, Source):
            self._sources[found.file] = found
            with self._guarded(found.file, "reading the file"):
                self._modules[found.file] = self._answers.lower(found)
        module = self._modules.get(found.file)
        if module is not None and module.problems:
            self._partly.add(found.file)

    def _link(self) -> None:
        """Lower what the functions of the run use of other files, and hand those what they are given."""
        if not any(module.functions for module in self._modules.values()):
            return
        from inngest_lint.project.links import link  # noqa: PLC0415 - a run that meets no function does without

        # A file that the run was asked to look at is looked at now that a function uses it.
        looked_at = frozenset(self._files)
        for module in link(self._modules, self._answer):
            if module.file in self._modules:
                self._modules[module.file] = module
            else:
                # What is wrong in a file that has nothing to do with Inngest is not ours to say.
                linked = self._modules if module.file in looked_at else self._linked
                linked[module.file] = replace(module, problems=())

    def _answer(self, file: str, asked: Collection[Asked]) -> Module | None:
        """A file lowered with what others ask of it; None where it cannot be."""
        module: Module | None = None
        unsaved = self._request.unsaved.get(file)
        source = self._sources.get(file) or (text_of(file) if unsaved is None else Source(file, encoded(unsaved)))
        if source is not None:
            with self._guarded(file, "reading the file"):
                module = self._answers.lower(source, asked)
                self._sources[file] = source
        return module

    def _spoiled(self, found: Undecodable) -> None:
        from inngest_lint.model import function as model  # noqa: PLC0415 - few runs meet such a file

        # Every byte is a character of Latin-1, so that the place can at least be shown.
        self._sources[found.file] = Source(found.file, found.data.decode("latin-1").encode())
        start = len(found.data[: found.offset].decode("latin-1").encode())
        language = language_of(found.file)
        assert language is not None, "a file was read that no front end wants"
        problem = model.Problem(Span(found.file, start, start + 1), found.message)
        self._modules[found.file] = model.Module(found.file, language, problems=(problem,))

    @contextmanager
    def _guarded(self, file: str, where: str) -> Iterator[None]:
        """What is done here may fail by a bug of ours, and costs no more than itself."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the one place that takes everything
            import traceback  # noqa: PLC0415 - no run should need it

            self._partly.update({file} & self._sources.keys())
            told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
            message = f"{where} failed: {type(error).__name__}: {error}"
            self._failures.append(Failure(FailureKind.INTERNAL, file, message, told))

    def _groups(self) -> list[tuple[Config, list[Module]]]:
        """The modules by their configuration: each may know other effects."""
        groups: dict[int, tuple[Config, list[Module]]] = {}
        here = self._settings.here()
        if self._baselines.has(here):
            # Where nothing is left to look at, all that a manifest names is gone.
            groups[id(here)] = (here, [])
        for file, module in self._modules.items():
            config = self._settings.of(file)
            groups.setdefault(id(config), (config, []))[1].append(module)
        return list(groups.values())

    def _check(self, config: Config, modules: list[Module]) -> None:
        """Let the rules that a configuration selects look at its modules, which may call any other."""
        from inngest_lint.project import Project  # noqa: PLC0415 - a run that meets no Inngest does without

        project = self._project(config)
        rules = [self._rules[name] for name in sorted(self._enabled(config))]
        of_project = [rule for rule in rules if rule.on is Project]
        of_files = [rule for rule in rules if rule.on is not Project]
        for module, rule in product(modules, of_files):
            if module.language in rule.languages:
                self._apply(rule, Context(project, module.language, config.options(rule)), module, config)
        inside = frozenset(module.file for module in modules)
        against = self._baselines.of(config, {*self._files} - self._partly)
        for rule in of_project:
            language = modules[0].language if modules else Language.PYTHON
            self._apply_to_project(rule, Context(project, language, config.options(rule), against), inside)
        if self._request.unresolved and modules:
            with self._guarded(modules[0].file, "listing what was not understood"):
                self._unresolved.update(place for place in project.unresolved() if place.span.file in inside)

    def _project(self, config: Config) -> Project:
        """The modules of the run, linked, with the effects that a configuration knows."""
        from inngest_lint.project import Project  # noqa: PLC0415 - a run that meets no Inngest does without

        everything = sorted((*self._modules.values(), *self._linked.values()), key=lambda module: module.file)
        languages = {module.language for module in everything}
        return Project(everything, {language: config.catalogue(language) for language in languages})

    def _enabled(self, config: Config) -> frozenset[str]:
        # Who asks for one rule still has to know that a file could not be read.
        always = frozenset({_SYNTAX_ERROR} & self._rules.keys()) - {*config.ignore}
        return config.enabled(self._rules) | always

    def _apply(self, rule: Rule, context: Context, module: Module, config: Config) -> None:
        with self._guarded(module.file, f"`{rule.name}`"):
            subjects = (module,) if isinstance(module, rule.on) else context.project.functions_of(module)
            for finding in (finding for subject in subjects for finding in rule.check(subject, context)):
                if not finding.advice or config.advises:
                    self._add(_diagnostic(rule, finding, config))

    def _apply_to_project(self, rule: Rule, context: Context, inside: frozenset[str]) -> None:
        with self._guarded("", f"`{rule.name}`"):
            for finding in rule.check(context.project, context):
                if finding.span.file in inside or _is_in(context.against, finding):
                    self._add(_diagnostic(rule, finding, self._settings.of(finding.span.file)))

    def _of_baselines(self) -> Iterator[Diagnostic]:
        """The diagnostics about what only a manifest still names."""
        for source in self._baselines.sources():
            ignored = self._settings.of(source.file).ignored_in(Path(source.file), self._rules)
            kept = [found for found in self._found.get(source.file, {}).values() if found.rule not in ignored]
            if kept:
                self._sources[source.file] = source
            yield from kept

    def _add(self, diagnostic: Diagnostic) -> None:
        found = self._found.setdefault(diagnostic.span.file, {})
        found.setdefault((diagnostic.rule, diagnostic.span), diagnostic)

    def _kept(self, file: str, module: Module) -> Iterator[Diagnostic]:
        """The diagnostics of a file that nothing in the configuration or in the file itself silences."""
        config = self._settings.of(file)
        ignored = config.ignored_in(Path(file), self._rules)
        found = tuple(d for d in sorted(self._found.get(file, {}).values(), key=_order) if d.rule not in ignored)
        kept = apply(self._sources[file], module, found, self._enabled(config) - ignored, self._rules.keys())
        self._suppressed.extend(kept.suppressed)
        yield from kept.diagnostics
        for finding in kept.problems:
            yield _diagnostic(self._rules[UNUSED], finding, config)


def _is_in(against: Against | None, finding: Finding) -> bool:
    return against is not None and finding.span.file == against.source.file


def dumped(file: str) -> str:
    """A file as the model has it; raises an `OSError` where it cannot be read."""
    from inngest_lint.model.dump import dump  # noqa: PLC0415 - only the dump command needs it

    data = contents(file)
    if isinstance(data, Unreadable):
        raise OSError(data.reason)
    source = decode(file, data)
    if isinstance(source, Undecodable):
        raise OSError(source.message)
    return dump(lower(source))


def _diagnostic(rule: Rule, finding: Finding, config: Config) -> Diagnostic:
    # What the user sets holds for every finding; a rule's own second thought only where nothing is set.
    settings = config.rules.get(rule.name)
    configured = settings.severity if settings else None
    return Diagnostic(
        rule.name,
        configured or finding.severity or rule.severity,
        finding.confidence or rule.confidence,
        finding,
    )


def _order(diagnostic: Diagnostic) -> tuple[bytes, int, int, str]:
    span = diagnostic.span
    return os.fsencode(span.file), span.start, span.end, diagnostic.rule


def _standard_input(stdin: Stdin) -> Read:
    if language_of(stdin.file) is None:
        return Unreadable(stdin.file, OTHER_LANGUAGE)
    return decode(stdin.file, stdin.data) if mentions_inngest(stdin.file, stdin.data) else Irrelevant(stdin.file)
