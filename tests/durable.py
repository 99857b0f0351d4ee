"""A small executor: runs Inngest functions of the Python SDK to their end, request by request, as the server does.

What the SDK answers is taken as JSON, so that a step's result comes back as what was stored of it. Only the clock
is left out: a sleep is over at once, and so is the time before a retry.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import inspect
import io
import json
import logging
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import FunctionType, ModuleType
from typing import TypeAlias

import inngest

with warnings.catch_warnings():
    # The SDK's own use of pydantic.
    warnings.simplefilter("ignore", DeprecationWarning)
    from inngest._internal import comm_lib, const, server_lib

JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"
Json: TypeAlias = "dict[str, JsonValue]"

# A run that makes more requests than this would go on for ever.
MOST_REQUESTS = 40
MOST_ATTEMPTS = 4
_NO_RETRY = "x-inngest-no-retry"
_RETRY_AFTER = "retry-after"
_EVENT: Json = {"name": "test/event", "data": {"id": "1"}, "id": "01", "ts": 1_700_000_000_000}


@dataclass
class Run:
    """A run that came to an end, or did not, and what was seen of it.

    `ran` are the names of the steps whose result was stored, in that order, `failed` those that were given up,
    `planned` those that were found side by side; `told` is what the SDK said of each step, and `state`, by `ids`, what
    is kept of it. `requests` is how often the Inngest function was called, `calls` each other function of the module.
    """

    status: str = "endless"
    output: JsonValue = None
    error: Json = field(default_factory=dict)
    requests: int = 0
    ran: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    planned: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    told: list[Json] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    state: dict[str, JsonValue] = field(default_factory=dict)
    errors: list[Json] = field(default_factory=list)
    retry_after: str | None = None
    printed: str = ""
    logged: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)

    @property
    def says(self) -> str:
        """All errors of the run, as text."""
        return json.dumps([*self.errors, self.error])


def module_of(source: str) -> ModuleType:
    """The module that some source is."""
    module = ModuleType("durable_test_module")
    sys.modules[module.__name__] = module
    exec(compile(source, module.__name__, "exec"), vars(module))  # noqa: S102 - the code of this project's own pages
    return module


def functions_of(module: ModuleType) -> list[inngest.Function[object]]:
    """The Inngest functions of a module, in the order they are written."""
    return [value for value in vars(module).values() if isinstance(value, inngest.Function)]


def run(module: ModuleType, *events: Json, failed: bool = False) -> Run:
    """A run of the last Inngest function of a module, or of the handler of its failures.

    No step that waits for others is given anything.
    """
    function = functions_of(module)[-1]
    client = next(value for value in vars(module).values() if isinstance(value, inngest.Inngest))
    seen = Run()
    _count(module, seen.calls)
    with _observed(client, seen):
        asyncio.run(_Executor(client, function, seen, events or (_EVENT,), failed=failed).run())
        gc.collect()
    return seen


def _count(module: ModuleType, calls: Counter[str]) -> None:
    """Let the functions of a module count how often they are called."""
    for name, value in list(vars(module).items()):
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            setattr(module, name, _counted(name, value, calls))


def _counted(name: str, function: Callable[..., object], calls: Counter[str]) -> Callable[..., object]:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def waited(*arguments: object) -> object:
            calls[name] += 1
            return await function(*arguments)

        return waited

    @functools.wraps(function)
    def called(*arguments: object) -> object:
        calls[name] += 1
        return function(*arguments)

    return called


@contextlib.contextmanager
def _observed(client: inngest.Inngest, seen: Run) -> Iterator[None]:
    logger = logging.Logger("durable", logging.INFO)  # noqa: LOG001 - one for each run
    logger.addHandler(_Records(seen.logged))
    client.logger = logger
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        yield
    seen.printed = printed.getvalue()
    seen.warned.extend(str(warning.message) for warning in warned)


class _Records(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.append(record.getMessage())


@dataclass
class _Executor:
    client: inngest.Inngest
    function: inngest.Function[object]
    seen: Run
    events: tuple[Json, ...]
    failed: bool
    attempt: int = 0
    waiting: list[str] = field(default_factory=list)
    stack: list[JsonValue] = field(default_factory=list)
    # Where steps were planned side by side, no step runs in the request that comes upon it.
    apart: bool = False

    async def run(self) -> None:
        """Call the function until it has ended."""
        handler = comm_lib.CommHandler(
            client=self.client,
            enable_unauthed_sync=True,
            framework=server_lib.Framework.FAST_API,
            functions=[self.function],
            streaming=const.Streaming.DISABLE,
        )
        while self.seen.status == "endless" and self.seen.requests < MOST_REQUESTS:
            self.seen.requests += 1
            target = self.waiting.pop(0) if self.waiting else server_lib.UNSPECIFIED_STEP_ID
            response = await handler.post(self._request(target))
            body = json.loads(json.dumps(response.body))
            if response.status_code == HTTPStatus.PARTIAL_CONTENT:
                self.seen.told.extend(body)
                for step in body:
                    self._step(step, no_retry=response.headers.get(_NO_RETRY) == "true")
            else:
                self._end(body, response.status_code, response.headers)

    def _request(self, target: str) -> comm_lib.CommRequest:
        body = {
            "ctx": {
                "attempt": self.attempt,
                "disable_immediate_execution": self.apart,
                "max_attempts": MOST_ATTEMPTS,
                "run_id": "run",
                "stack": {"stack": self.stack, "current": len(self.stack)},
            },
            "event": self.events[0],
            "events": self.events,
            "steps": self.seen.state,
            "use_api": False,
        }
        function = self.function.on_failure_fn_id if self.failed else self.function.get_id()
        return comm_lib.CommRequest(
            body=json.dumps(body).encode(),
            headers={},
            public_path=None,
            query_params={"fnId": str(function), "stepId": target},
            raw_request=None,
            request_url="http://localhost/api/inngest",
            serve_origin=None,
            serve_path=None,
        )

    def _step(self, step: Json, *, no_retry: bool) -> None:
        id_, name, kind = str(step["id"]), str(step.get("displayName") or step.get("name")), step["op"]
        if kind == "StepPlanned":
            self.apart = True
            self.seen.planned.append(name)
            if id_ not in self.waiting:
                self.waiting.append(id_)
        elif kind in ("StepError", "StepFailed"):
            self._failed(id_, name, step, is_last=no_retry or kind == "StepFailed")
        elif kind == "StepRun":
            self._store(id_, name, {"data": step.get("data")})
        else:
            self._store(id_, name, {"data": None} if kind == "InvokeFunction" else None)

    def _failed(self, id_: str, name: str, step: Json, *, is_last: bool) -> None:
        error = step.get("error")
        assert isinstance(error, dict)
        self.seen.errors.append(error)
        if is_last or self.attempt + 1 >= MOST_ATTEMPTS:
            self.seen.failed.append(name)
            self._store(id_, None, {"error": {key: error[key] for key in ("name", "message")}})
        else:
            self.attempt += 1
            if self.apart:
                self.waiting.insert(0, id_)

    def _store(self, id_: str, name: str | None, value: JsonValue) -> None:
        self.attempt = 0
        self.seen.state[id_] = value
        self.seen.ids.append(id_)
        self.stack.append(id_)
        if name is not None:
            self.seen.ran.append(name)

    def _end(self, body: JsonValue, status: int, headers: Mapping[str, str]) -> None:
        if status == HTTPStatus.OK:
            self.seen.status, self.seen.output = "completed", body
            return
        assert isinstance(body, dict)
        self.seen.errors.append(body)
        self.seen.retry_after = headers.get(_RETRY_AFTER)
        self.attempt += 1
        if headers.get(_NO_RETRY) == "true" or self.attempt >= MOST_ATTEMPTS:
            self.seen.status, self.seen.error = "failed", body
