"""Watching: a run that is made again whenever a file changes that it depends on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from inngest_lint.config import ConfigError
from inngest_lint.config.files import NAMES, PYPROJECT
from inngest_lint.console import draws, say
from inngest_lint.diagnostic import Severity
from inngest_lint.linter import Session
from inngest_lint.progress import Bar
from inngest_lint.report import Report
from inngest_lint.request import Request, Settings

_PAUSE = 0.3  # seconds between two looks at the files
_CLEAR = "\x1b[2J\x1b[H"

# When a file was changed, how long it is and which one it is: editors put another one in its place.
Stamp = tuple[int, int, int] | None
Stamps = Mapping[str, Stamp]


def watch(request: Request, show: Callable[[Report], object], pause: Callable[[], None], *, quiet: bool) -> int:
    """Show a report whenever there is another one, until the user ends it; then give the exit code.

    The files are looked at again after each `pause`.
    """
    watched = _Watched(request)
    session = Session(request)
    try:
        while True:
            watched.begin()
            _report(session, watched, show, quiet=quiet)
            if not quiet:
                say(Severity.INFO, "waiting for changes, until Ctrl-C")
            watched.wait(pause)
    except KeyboardInterrupt:
        # What the user typed stands on the line, too.
        sys.stderr.write("\n" if sys.stderr.isatty() else "")
        return 0


def rest() -> None:
    """Wait until it is time to look at the files again."""
    time.sleep(_PAUSE)


def _report(session: Session, watched: _Watched, show: Callable[[Report], object], *, quiet: bool) -> None:
    try:
        with Bar(visible=draws(sys.stderr) and not quiet) as bar:
            report = session.report(bar)
    except ConfigError as error:
        _clear()
        for mistake in error.mistakes:
            say(Severity.ERROR, str(mistake))
        return
    watched.follow(report.sources)
    _clear()
    show(report)
    sys.stdout.flush()


def _clear() -> None:
    if draws(sys.stdout):
        sys.stdout.write(_CLEAR)
        sys.stdout.flush()


class _Watched:
    """The files of a run as they were when it began: those asked for, those they use, and the configuration."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._asked: tuple[str, ...] = ()
        self._used: tuple[str, ...] = ()
        self._seen: Stamps = {}

    def begin(self) -> None:
        """Take note of the files as they are."""
        self._seen = self._stamps()

    def follow(self, files: Iterable[str]) -> None:
        """Watch the files that a run has read beside those it was asked for."""
        used = tuple(sorted(set(files) - {*self._asked}))
        no_longer = {*self._used} - {*used}
        kept = {name: stamp for name, stamp in self._seen.items() if name not in no_longer}
        self._seen = {**{file: _stamp(file) for file in used}, **kept}
        self._used = used

    def wait(self, pause: Callable[[], None]) -> None:
        """Return when something is not as it was, and stays so for a pause: many files may change at once."""
        before = after = self._seen
        while after == before:
            pause()
            after = self._stamps()
        while before != after:
            pause()
            before, after = after, self._stamps()

    def _stamps(self) -> Stamps:
        try:
            settings = Settings(self._request)
            self._asked = settings.discovered().files
            named = {settings.here().path, settings.here().against, settings.here().baseline}
        except ConfigError:
            # It is known where the files were, and the mistake is waited to be mended.
            named = set()
        given = (self._request.config, self._request.against, self._request.baseline)
        files = {*self._asked, *self._used, *_configurations(self._asked), *filter(None, given)}
        return {name: _stamp(name) for name in sorted({*files, *(str(path) for path in named if path)})}


def _configurations(files: Iterable[str]) -> Iterable[str]:
    """Where the configurations of files may stand; there need not be any."""
    directories = {above for file in files for above in PurePosixPath(file).parents} | {PurePosixPath()}
    return (str(directory / name) for directory in directories for name in (*NAMES, PYPROJECT))


def _stamp(file: str) -> Stamp:
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
