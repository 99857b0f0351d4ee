"""Accepted findings: those that a baseline file holds, so that only others are reported."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from inngest_lint.config import Config, ConfigError, Mistake
from inngest_lint.diagnostic import Diagnostic
from inngest_lint.files.reading import Unreadable, contents
from inngest_lint.text import Source, absolute, shown

VERSION = 1
"""The version of the format that is written, and the only one that is read."""

DEFAULT = "inngest-lint-baseline.json"
"""The name of the file where nothing names another one."""

_KEY, _OPTION = "baseline", "--baseline"
_HASH_LENGTH = 16


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """An accepted finding.

    `path` is absolute, with `/`; `code` is a hash of the lines that the finding stands on, and `nth` tells
    findings of a rule on the same lines of code apart, counted from nought. No entry holds the number of a line.
    """

    path: str
    rule: str
    code: str
    nth: int


@dataclass(frozen=True, slots=True)
class Held:
    """A run held against a baseline: what is reported, how much is accepted, and the entries that match nothing."""

    reported: tuple[Diagnostic, ...]
    accepted: int = 0
    stale: tuple[Entry, ...] = ()


class BaselineError(Exception):
    """A file that is no baseline, and why."""


class Accepted:
    """The findings that a run is not to report; none where no baseline is named."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries = frozenset(entries)

    def hold(
        self, found: Sequence[Diagnostic], sources: Mapping[str, Source], is_judged: Callable[[Entry], bool]
    ) -> Held:
        """What there is to report; an entry that matches nothing is stale only where it `is_judged` by the run."""
        if not self._entries:
            return Held(tuple(found))
        marked = tuple(zip(found, entries(found, sources), strict=True))
        reported = tuple(diagnostic for diagnostic, entry in marked if entry not in self._entries)
        unmatched = self._entries - {entry for _, entry in marked}
        stale = tuple(sorted(entry for entry in unmatched if is_judged(entry)))
        return Held(reported, len(found) - len(reported), stale)


def accepted(given: str | None, config: Config) -> Accepted:
    """The findings of the baseline that is given, or else configured; raises a `ConfigError`."""
    path = Path(given) if given is not None else config.baseline
    if path is None:
        return Accepted()
    named, source = (_OPTION, None) if given is not None else (_KEY, config.path)
    if not os.path.lexists(path):
        message = f"`{named}` names `{shown(str(path))}`, which does not exist; `inngest-lint baseline` writes it"
        raise ConfigError([Mistake(source, None, named, message)])
    try:
        return Accepted(read(str(path)))
    except BaselineError as error:
        raise ConfigError([Mistake(Path(absolute(str(path))), None, named, str(error))]) from None


def entries(diagnostics: Iterable[Diagnostic], sources: Mapping[str, Source]) -> Iterator[Entry]:
    """The entry of each diagnostic, in the order given, which is that of their places."""
    seen: Counter[Entry] = Counter()
    for diagnostic in diagnostics:
        first = Entry(absolute(diagnostic.span.file), diagnostic.rule, _code(diagnostic, sources), 0)
        yield replace(first, nth=seen[first])
        seen[first] += 1


def covers(paths: Iterable[str], path: str) -> bool:
    """Whether a file lies in a directory that a run is asked to look at as a whole."""
    asked = (Path(absolute(each)) for each in paths if os.path.isdir(each))  # noqa: PTH112 - never raises
    return any(Path(path).is_relative_to(directory) for directory in asked)


def write(found: Iterable[Entry], file: str) -> str:
    """Entries as the text of a file, their paths relative to where it stands; each has a line of its own."""
    directory = Path(absolute(file)).parent
    relative = (replace(entry, path=_relative(entry.path, directory)) for entry in found)
    lines = ",".join(f"\n    {_line(entry)}" for entry in sorted(relative))
    return f'{{\n  "version": {VERSION},\n  "findings": [{lines}{chr(10) + "  " if lines else ""}]\n}}\n'


def read(file: str) -> frozenset[Entry]:
    """The entries of a file; raises a `BaselineError`."""
    import json  # noqa: PLC0415 - few runs are held against a baseline

    data = contents(file)
    if isinstance(data, Unreadable):
        raise BaselineError(f"cannot be read: {data.reason}")
    try:
        document: object = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        told = f": line {error.lineno}: {error.msg.lower()}" if isinstance(error, json.JSONDecodeError) else ""
        raise BaselineError(f"not valid JSON{told}") from None
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise BaselineError(f"not a baseline of version {VERSION}, which `inngest-lint baseline` writes")
    listed: object = document.get("findings")
    if not isinstance(listed, list):
        raise BaselineError("`findings` is not a list")
    directory = Path(absolute(file)).parent
    return frozenset(_entry(item, at, directory) for at, item in enumerate(listed))


def _entry(item: object, at: int, directory: Path) -> Entry:
    match item:
        case {"path": str(path), "rule": str(rule), "code": str(code), "nth": int(nth)}:
            return Entry(absolute(str(directory / path)), rule, code, nth)
    raise BaselineError(f"`findings[{at}]` is not an entry with `path`, `rule`, `code` and `nth`")


def _line(entry: Entry) -> str:
    import json  # noqa: PLC0415 - few runs are held against a baseline

    return json.dumps({"path": entry.path, "rule": entry.rule, "code": entry.code, "nth": entry.nth})


def _relative(path: str, directory: Path) -> str:
    try:
        return Path(os.path.relpath(path, directory)).as_posix()
    except ValueError:  # another drive
        return path


def _code(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> str:
    """A hash of the lines of a finding, which knows nothing of indentation, spaces and line ends."""
    import hashlib  # noqa: PLC0415 - few runs are held against a baseline

    code = sources[diagnostic.span.file].code(diagnostic.span)
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()[:_HASH_LENGTH]
