"""Requests: what a run is asked to do, and the settings it is to be done with."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from inngest_lint.config import Config, Configs
from inngest_lint.files.discovery import Discovered, discover
from inngest_lint.frontends import SUFFIXES


class Progress(Protocol):
    """What is told how far a run has come."""

    def begin(self, total: int) -> None:
        """Be told how many files there are."""

    def advance(self, file: str) -> None:
        """Be told that a file is done."""


@dataclass(frozen=True, slots=True)
class Stdin:
    """What came on standard input, and the file it is to be taken for."""

    file: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do.

    The rules are those of the configuration, changed by what is named here; `unresolved` asks for what
    was not understood as well. `against` is the manifest that the run is held against, `baseline` the file of
    findings that are not reported; with `everything` these are reported as well. `directory` stands for the
    working directory where another one's configuration is meant, `unsaved` are the texts that editors hold of files.
    """

    paths: tuple[str, ...]
    stdin: Stdin | None = None
    config: str | None = None
    isolated: bool = False
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unresolved: bool = False
    against: str | None = None
    baseline: str | None = None
    everything: bool = False
    directory: str | None = None
    unsaved: Mapping[str, str] = field(default_factory=dict)


class Settings:
    """The configuration in force for each file, with what the request changes in it."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._configs = Configs(Path(request.config) if request.config else None, isolated=request.isolated)
        self._changed: dict[int, tuple[Config, Config]] = {}

    def here(self) -> Config:
        """The configuration of the working directory, which says what is discovered."""
        directory = self._request.directory
        return self._change(self._configs.for_directory(Path.cwd() if directory is None else Path(directory)))

    def of(self, file: str) -> Config:
        """The configuration of a file; files that share one are given the same object."""
        return self._change(self._configs.for_file(Path(file)))

    def discovered(self) -> Discovered:
        """The files that the request asks for, and the paths at which there are none."""
        config = self.here()
        return discover(
            self._request.paths,
            root=str(config.root),
            excludes=(*config.exclude, *(_below(config.root, glob) for glob in self._request.exclude)),
            includes=config.include,
            respect_gitignore=config.respect_gitignore,
            suffixes=tuple(SUFFIXES),
        )

    def _change(self, config: Config) -> Config:
        # Both are kept: the number of an object that is gone may be given again.
        if id(config) not in self._changed:
            request = self._request
            changes = {"select": request.select, "ignore": request.ignore, "extend_select": request.extend_select}
            # To know whether the names are right takes every rule.
            changed = config.with_overrides(**changes) if any(changes.values()) else config
            self._changed[id(config)] = (config, changed)
        return self._changed[id(config)][1]


def _below(root: Path, glob: str) -> str:
    """A glob of the command line, which is relative to the working directory, relative to another one."""
    here = Path(os.path.relpath(Path.cwd(), root)).as_posix()
    glob = f"/{glob[2:]}" if glob.startswith("./") else glob
    if here == "." or here.startswith("..") or "/" not in glob.rstrip("/"):
        return glob
    return f"/{here}/{glob.lstrip('/')}"
