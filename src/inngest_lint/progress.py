"""Progress: a bar on the terminal while a long run goes on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID
    from typing_extensions import Self

_PATIENCE = 1.0  # seconds before there is anything to see


class Bar:
    """A bar on standard error; short runs end before it is drawn."""

    def __init__(self, *, visible: bool) -> None:
        self._visible = visible
        self._started = time.monotonic()
        self._total = 0
        self._done = 0
        self._drawn: tuple[Progress, TaskID] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn is not None:
            self._drawn[0].stop()

    def begin(self, total: int) -> None:
        """Be told how many files there are."""
        self._total = total

    def advance(self, file: str) -> None:  # noqa: ARG002 - names of files would need room and escaping
        """Count a file that is done."""
        self._done += 1
        if self._drawn is not None:
            self._drawn[0].update(self._drawn[1], completed=self._done)
        elif self._visible and time.monotonic() - self._started > _PATIENCE:
            self._drawn = self._draw()

    def _draw(self) -> tuple[Progress, TaskID]:
        from rich.console import Console  # noqa: PLC0415 - most runs are over before it is needed
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415 - as above

        columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn())
        progress = Progress(*columns, console=Console(file=sys.stderr), transient=True)
        task = progress.add_task("checking", total=self._total, completed=self._done)
        progress.start()
        return progress, task
