"""Runs: one at a time for each folder, always on what the files hold now."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor

from inngest_lint.report import Report
from inngest_lint.server.folder import Folder, StaleError, Watch

# Deeply nested code is walked as deep as it goes, which takes more than a thread is given.
_STACK = 64 * 1024 * 1024


def executor() -> Executor:
    """The one thread that lints, so that the server can listen meanwhile."""
    before = threading.stack_size(_STACK)
    try:
        made = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lint")
        made.submit(int).result()
    finally:
        threading.stack_size(before)
    return made


class Runs:
    """The runs over a folder: a later wish ends the run under way, and only the last one's outcome is taken.

    `texts` gives what editors hold when a run begins; `taken` is called after each run that counts, `failed` with
    what a run has raised.
    """

    def __init__(
        self,
        folder: Folder,
        executor: Executor,
        texts: Callable[[], Mapping[str, str]],
        taken: Callable[[Report], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.folder = folder
        self._executor = executor
        self._texts = texts
        self._taken = taken
        self._failed = failed
        self._wanted = 0
        self._done = 0
        self._task: asyncio.Task[None] | None = None

    def want(self) -> None:
        """Have the folder linted as it is now."""
        self._wanted += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._work())

    def end(self) -> None:
        """End the run under way, and take no other outcome."""
        self._wanted = self._done = self._wanted + 1

    async def settled(self) -> None:
        """Wait until what was wanted is done."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def _work(self) -> None:
        while self._done < self._wanted:
            number = self._wanted
            await self._run(number)
            if number == self._wanted:
                self._done = number

    async def _run(self, number: int) -> None:
        # What is there to be read of an editor's next words comes first.
        await asyncio.sleep(0)
        texts = dict(self._texts())
        watch = Watch(lambda: self._wanted != number)
        try:
            report = await asyncio.get_running_loop().run_in_executor(self._executor, self.folder.lint, texts, watch)
        except StaleError:
            return
        except Exception as error:  # noqa: BLE001 - the one place that takes everything; the server goes on
            if self._wanted == number:
                self._failed(error)
            return
        if self._wanted == number:
            self.folder.take(report, texts)
            self._taken(report)
