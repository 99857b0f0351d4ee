"""Discovery: which files are to be read."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from inngest_lint.files.gitignore import Patterns
from inngest_lint.files.reading import OTHER_LANGUAGE, Unreadable, contents, reason
from inngest_lint.text import absolute as absolute_path
from inngest_lint.text import directory_prefix, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

SKIPPED = frozenset(
    (
        *(".git", ".hg", ".svn", ".venv", "venv", "site-packages", "node_modules", "__pycache__", ".eggs"),
        *(".tox", ".nox", ".mypy_cache", ".ruff_cache", ".pytest_cache"),
        *(".next", ".nuxt", ".output", ".svelte-kit", ".astro", ".angular", ".docusaurus", ".expo", ".open-next"),
        *(".turbo", ".nx", ".parcel-cache", ".yarn", ".pnpm-store", ".vercel", ".netlify", ".wrangler", ".serverless"),
        *("dist", "build", "out", "coverage", "target"),
    )
)
"""Directories that hold no source of one's own. A virtual environment of another name is known by its `pyvenv.cfg`."""

GENERATED = (".d.ts", ".d.mts", ".d.cts", ".min.js", ".min.mjs", ".min.cjs")
"""What the names of files end in that hold declarations alone, or code that nobody wrote by hand."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """The files below the paths that were asked for.

    `files` are relative to the working directory with `/`, absolute outside of it, in the order of their bytes;
    `missing` are the paths, as they were given, at which there is nothing.
    """

    files: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]


def discover(  # noqa: PLR0913 - the settings of a run as plain values
    paths: Sequence[str],
    *,
    root: str,
    excludes: Iterable[str],
    includes: Iterable[str],
    respect_gitignore: bool,
    suffixes: Collection[str],
) -> Discovered:
    """The files to read, for paths of files and directories.

    `excludes` and `includes` are patterns as in a .gitignore, relative to the directory `root`; an exclude that
    begins with `!` brings back what is skipped by its name or by a .gitignore. A path that is given is read
    although something leaves it out.
    """
    wanted = _Wanted(
        directory_prefix(absolute_path(root)),
        Patterns(excludes),
        Patterns(includes),
        tuple(suffixes),
        respect_gitignore,
    )
    walk = _Walk(wanted)
    for path in paths:
        walk.take(path)
    files = tuple(sorted(walk.files, key=os.fsencode))
    return Discovered(files, tuple(walk.missing), tuple(walk.unreadable))


class _Ignores(NamedTuple):
    """The patterns of a .gitignore, and the directory they are relative to."""

    prefix: str
    patterns: Patterns


@dataclass(frozen=True, slots=True)
class _Directory:
    """A directory to walk.

    `shown` begins the paths of its files, `absolute` and `real` are where it stands, without and with links
    resolved; all end in `/`. Of the `ignores` the outermost is the first. `given` is one that a user named,
    `excluded` one in or below a directory that was named although it is excluded.
    """

    shown: str
    absolute: str
    real: str
    ignores: tuple[_Ignores, ...]
    excluded: bool
    given: bool = False

    def below(self, name: str, ignores: tuple[_Ignores, ...]) -> _Directory:
        """The directory of that name in this one."""
        tail = name + "/"
        return _Directory(self.shown + tail, self.absolute + tail, self.real + tail, ignores, self.excluded)

    def resolved(self) -> _Directory:
        """The same directory, reached through a link."""
        real = directory_prefix(_slashed(os.path.realpath(self.absolute)))
        return _Directory(self.shown, self.absolute, real, self.ignores, self.excluded)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for, whatever the path; the patterns are relative to `prefix`."""

    prefix: str
    excludes: Patterns
    includes: Patterns
    suffixes: tuple[str, ...]
    respect_gitignore: bool

    def excluded(self, absolute: str) -> bool:
        """Whether a directory that was given lies in what is excluded."""
        return absolute.startswith(self.prefix) and self.excludes.covers(absolute[len(self.prefix) : -1])

    def passes(self, directory: _Directory, name: str, ignores: tuple[_Ignores, ...], *, is_directory: bool) -> bool:
        """Whether an entry of a directory is to be looked at."""
        path = directory.absolute + name
        inside = path.startswith(self.prefix)
        relative = path[len(self.prefix) :]
        if inside and self.includes and not is_directory and not self.includes.covers(relative):
            return False
        picked = self.excludes.picks(relative, directory=is_directory) if inside and not directory.excluded else None
        if picked is not None:
            return not picked
        if name in SKIPPED or name.endswith(".egg-info") if is_directory else name.endswith(GENERATED):
            return False
        return not _ignored(path, ignores, is_directory=is_directory)


@dataclass(slots=True)
class _Walk:
    """The walk through the paths that are given, and what it has come upon."""

    wanted: _Wanted
    files: set[str] = field(default_factory=set)
    missing: list[str] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    waiting: list[_Directory] = field(default_factory=list)
    links: list[_Directory] = field(default_factory=list)

    def take(self, path: str) -> None:
        """Take a path that was given."""
        try:
            mode = Path(path).stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            self.missing.append(path)
        except (OSError, ValueError) as error:
            self.unreadable.append(Unreadable(path, reason(error)))
        else:
            if stat.S_ISDIR(mode):
                self._walk(self._start(path))
            elif path.endswith(self.wanted.suffixes):
                self.files.add(shown(path))
            else:
                self.unreadable.append(Unreadable(path, OTHER_LANGUAGE))

    def _start(self, path: str) -> _Directory:
        absolute = directory_prefix(absolute_path(path))
        name = "" if absolute == directory_prefix(absolute_path(".")) else directory_prefix(shown(absolute[:-1] or "/"))
        real = directory_prefix(_slashed(os.path.realpath(path)))
        ignores = _ignores_above(absolute) if self.wanted.respect_gitignore else ()
        return _Directory(name, absolute, real, ignores, self.wanted.excluded(absolute), given=True)

    def _walk(self, start: _Directory) -> None:
        # Links wait for the rest: a file is found under its own path first, and each directory is entered once.
        self.waiting.append(start)
        while self.waiting or self.links:
            directory = self.waiting.pop() if self.waiting else self.links.pop(0).resolved()
            if directory.real not in self.visited:
                self.visited.add(directory.real)
                self._enter(directory)

    def _enter(self, directory: _Directory) -> None:
        try:
            with os.scandir(directory.shown or ".") as found:
                entries = sorted(found, key=attrgetter("name"))
        except OSError as error:
            self.unreadable.append(Unreadable(directory.shown[:-1] or ".", reason(error)))
            return
        names = {entry.name for entry in entries}
        if "pyvenv.cfg" in names and not directory.given:
            return
        ignores = directory.ignores
        if self.wanted.respect_gitignore and ".gitignore" in names:
            ignores += _ignores(directory.absolute, directory.absolute + ".gitignore")
        for entry in entries:
            self._sort(entry, directory, ignores)

    def _sort(self, entry: os.DirEntry[str], directory: _Directory, ignores: tuple[_Ignores, ...]) -> None:
        is_directory = _is_directory(entry)
        if not is_directory and not entry.name.endswith(self.wanted.suffixes):
            return
        if not self.wanted.passes(directory, entry.name, ignores, is_directory=is_directory):
            return
        if not is_directory:
            self.files.add(directory.shown + entry.name)
        elif entry.is_symlink():
            self.links.append(directory.below(entry.name, ignores))
        else:
            self.waiting.append(directory.below(entry.name, ignores))


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _ignores_above(absolute: str) -> tuple[_Ignores, ...]:
    """What the repository around a directory ignores; nothing where that leaves out the directory itself."""
    root = _repository(absolute)
    if root is None:
        return ()
    found = _ignores(root, root + ".git/info/exclude")
    above = root
    for name in absolute[len(root) : -1].split("/") if absolute != root else ():
        found += _ignores(above, above + ".gitignore")
        if _ignored(above + name, found, is_directory=True):
            return ()
        above += name + "/"
    return found


def _repository(absolute: str) -> str | None:
    above = absolute
    while not os.path.lexists(above + ".git"):
        above = above[: above.rfind("/", 0, -1) + 1]
        if not above:
            return None
    return above


def _ignores(prefix: str, file: str) -> tuple[_Ignores, ...]:
    data = contents(file)
    if isinstance(data, Unreadable):
        return ()
    patterns = Patterns(os.fsdecode(data.removeprefix(b"\xef\xbb\xbf")).split("\n"))
    return (_Ignores(prefix, patterns),) if patterns else ()


def _ignored(path: str, ignores: tuple[_Ignores, ...], *, is_directory: bool) -> bool:
    """Whether the nearest .gitignore with something to say about a path ignores it."""
    for prefix, patterns in reversed(ignores):
        picked = patterns.picks(path[len(prefix) :], directory=is_directory)
        if picked is not None:
            return picked
    return False


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")
