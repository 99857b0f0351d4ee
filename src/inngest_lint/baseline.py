"""Baselines: the manifests that a run is held against."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from inngest_lint.config import Config, ConfigError, Mistake
from inngest_lint.text import Source, shown

if TYPE_CHECKING:
    from inngest_lint.manifest.entries import Against, Manifest

_KEY, _OPTION = "against", "--against"


class Baselines:
    """The manifests that the configurations of a run name, or its command line for all; each is read once."""

    def __init__(self, given: str | None, paths: Collection[str]) -> None:
        self._given = Path(given) if given is not None else None
        self._below = tuple(_absolute(path) for path in paths if os.path.isdir(path))  # noqa: PTH112 - never raises
        self._read: dict[str, tuple[Manifest, Source]] = {}

    def require(self, config: Config) -> None:
        """Read the manifest of a configuration, if it has one; raises a `ConfigError` where that cannot be used."""
        path = self._path(config)
        if path is None or str(path) in self._read:
            return
        # Few runs are held against anything.
        from inngest_lint.manifest.document import ManifestError, read  # noqa: PLC0415 - as said above

        if not os.path.lexists(path):
            named, source = (_OPTION, None) if self._given else (_KEY, config.path)
            message = f"`{named}` names `{shown(str(path))}`, which does not exist; `inngest-lint manifest` writes it"
            raise ConfigError([Mistake(source, None, named, message)])
        try:
            self._read[str(path)] = read(shown(str(path)))
        except ManifestError as error:
            raise ConfigError([Mistake(Path(_absolute(str(path))), None, _KEY, str(error))]) from None

    def has(self, config: Config) -> bool:
        """Whether a configuration, or the command line for all, names a manifest."""
        return self._path(config) is not None

    def of(self, config: Config, whole: Collection[str]) -> Against | None:
        """What a run is held against; `whole` are the files it has read as a whole."""
        path = self._path(config)
        if path is None:
            return None
        from inngest_lint.manifest.entries import Against  # noqa: PLC0415 - as said above

        self.require(config)
        manifest, source = self._read[str(path)]
        files = frozenset(map(_absolute, whole))
        return Against(manifest, source, frozenset(self._covered({f.file for f in manifest.functions}, files)))

    def _path(self, config: Config) -> Path | None:
        return self._given or config.against

    def _covered(self, named: Collection[str], whole: frozenset[str]) -> Iterator[str]:
        for file in named:
            is_asked_for = any(Path(file).is_relative_to(directory) for directory in self._below)
            if is_asked_for and (file in whole or not os.path.lexists(file)):
                yield file

    def sources(self) -> Iterator[Source]:
        """The texts of the manifests that were read."""
        return (source for _, source in self._read.values())


def _absolute(path: str) -> str:
    return os.path.abspath(path)  # noqa: PTH100 - links are not to be resolved
