"""What the rules say of run time is what the Python SDK does.

Most rules are held to it by their own page: its bad code is run, and shows the fault, and its good code does not.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
import sqlite3
import sys
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import httpx
import inngest
import pytest
from durable import MOST_ATTEMPTS, Json, Run, functions_of, module_of, run
from pages import RULE_PAGES, read_page

from inngest_lint.model.function import Language
from inngest_lint.rule import Rule, all_rules

Shows = Callable[[Run], bool]


# What the SDK itself does with events.
SEND = inngest.Inngest.send


@pytest.fixture(autouse=True)
def _development(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No keys, no threads, no server and no database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sqlite3, "connect", lambda _: None)
    monkeypatch.setenv("INNGEST_DEV", "1")
    monkeypatch.setenv("INNGEST_THREAD_POOL_MAX_WORKERS", "0")

    async def sent(client: inngest.Inngest, events: object, **options: object) -> list[str]:  # noqa: ARG001
        client.logger.info("sent")
        return ["01"]

    monkeypatch.setattr(inngest.Inngest, "send", sent)


class _Prints:
    """Something that prints what is asked of it: a lock, a logger, a database, a client of HTTP."""

    text = "1.1"

    async def __aenter__(self) -> _Prints:  # noqa: PYI034 - Python 3.10 has no `Self`
        self.info("entered")
        return self

    async def __aexit__(self, *error: object) -> None:
        pass

    def info(self, message: str) -> None:
        sys.stdout.write(f"{message}\n")

    def execute(self, statement: str) -> None:
        self.info(statement)

    async def get(self, url: str) -> _Prints:
        self.info(url)
        return self


async def _declining() -> None:
    raise _Declined


async def _printing(given: object) -> None:
    sys.stdout.write(str(given))


class _Declined(httpx.HTTPStatusError):
    def __init__(self) -> None:
        request = httpx.Request("POST", "https://bank.example")
        super().__init__("declined", request=request, response=httpx.Response(402))


_Declined.__name__ = httpx.HTTPStatusError.__name__


@dataclass(frozen=True)
class Behaviour:
    """What goes wrong at run time in the bad code of a rule's page.

    `given` are names of the code that are set to something else before it runs, in both blocks; `failed` where it is
    the handler of failures that runs.
    """

    rule: str
    claim: str
    shows: Shows
    given: Mapping[str, object] = field(default_factory=dict)
    events: tuple[Json, ...] = ()
    failed: bool = False

    def run(self, section: str) -> Run:
        """The run of the first block of Python in a section of the page."""
        found = read_page(RULE_PAGES / f"{self.rule}.md").section(section)
        assert found is not None
        module = module_of(found.of("python")[0].text)
        vars(module).update({name: value for name, value in self.given.items() if hasattr(module, name)})
        return run(module, *self.events, failed=self.failed)

    def __str__(self) -> str:
        return f"{self.rule}: {self.claim}"


_USER: Json = {"name": "shop/user.created", "data": {"user_id": "1"}, "id": "01", "ts": 1_700_000_000_000}


_TIMER: Json = {"name": "inngest/scheduled.timer", "data": {"cron": "0 2 * * *"}, "id": "01", "ts": 1_700_000_000_000}
_PRODUCT: Json = {"name": "shop/product.changed", "data": {"product": "pear"}, "id": "01", "ts": 1_700_000_000_000}


def _says(*words: str) -> Shows:
    return lambda seen: all(word in seen.says for word in words)


def _is_soon(seen: Run) -> bool:
    """Whether a run is tried again within half a minute from now, as the time of its last error says."""
    assert seen.retry_after is not None
    later = dt.datetime.fromisoformat(seen.retry_after.replace("Z", "+00:00"))
    return later - dt.datetime.now(dt.timezone.utc) < dt.timedelta(seconds=30)


def _stored(seen: Run) -> list[object]:
    """The results of the steps of a run."""
    return [value["data"] for value in seen.state.values() if isinstance(value, dict) and "data" in value]


BEHAVIOURS = (
    Behaviour(
        "asyncio-around-steps",
        "a step that is started beside another runs again in the next request",
        lambda seen: seen.calls["survey"] > 1,
    ),
    Behaviour(
        "batch-reads-single-event",
        "all events of a batch but the first are passed over",
        lambda seen: seen.status == "completed" and seen.printed.count("pear") == 1,
        {"save": _printing},
        events=(_PRODUCT, _PRODUCT),
    ),
    Behaviour(
        "failure-handler-event-shape",
        "the data of the event that is told of a failure is not that of the event which failed",
        _says("KeyError"),
        events=({"name": "inngest/function.failed", "data": {"event": _USER}, "id": "02", "ts": 1_700_000_000_000},),
        failed=True,
    ),
    Behaviour("called-parallel-step", "a step that was called is no function", _says("is not callable")),
    Behaviour(
        "captured-mutation",
        "what a step's code changes outside of it is lost",
        lambda seen: seen.output == {"contacts": [], "pages": 0},
    ),
    Behaviour(
        "console-logging",
        "what is printed outside of steps is printed in every request",
        lambda seen: seen.printed.count("an order came in") == seen.requests > 1,
    ),
    Behaviour(
        "dropped-step-promise",
        "a step that is never awaited never happens",
        lambda seen: "grace" not in seen.ran and seen.status == "completed",
    ),
    Behaviour(
        "event-data-attribute",
        "the data of an event is a dict",
        _says("object has no attribute 'user_id'"),
        events=(_USER,),
    ),
    Behaviour(
        "finally-around-step",
        "a `finally` runs in the first request, before the step's result is stored",
        lambda seen: "NotImplementedError" in seen.says and seen.ran == [],
    ),
    Behaviour("function-called-directly", "an Inngest function cannot be called", _says("is not callable")),
    Behaviour("invalid-step-argument", "a step takes no other arguments", _says("unexpected keyword argument")),
    Behaviour(
        "late-bound-parallel-step",
        "each step of the group has the last value of the variable",
        lambda seen: set(seen.ran) == {"tile-3"},
    ),
    Behaviour("missing-wait-timeout", "a wait has to say how long it lasts", _says("'timeout'")),
    Behaviour("missing-step-id", "a step has no function without its id", _says("missing 1 required positional")),
    Behaviour("nested-step", "a step within a step fails, and is not retried", _says("step_nested")),
    Behaviour(
        "nondeterminism-outside-step",
        "what a step was given is another value than what the function goes on with",
        lambda seen: seen.output not in _stored(seen),
    ),
    Behaviour(
        "output-type-without-serializer", "an output type alone makes nothing JSON", _says("output_unserializable")
    ),
    Behaviour(
        "revived-step-result", "an enum member comes back as a string", _says("'str' object has no attribute 'value'")
    ),
    Behaviour(
        "rewrapped-step-error",
        "another error than the step's starts the retries of the function",
        lambda seen: len([error for error in seen.errors if error["name"] == "RuntimeError"]) == MOST_ATTEMPTS,
        {"charge": _declining},
    ),
    Behaviour(
        "stale-exception-type",
        "the error of a step is a `StepError`, of no other type",
        lambda seen: seen.status == "failed" and seen.output is None,
        {"charge": _declining},
    ),
    Behaviour("step-handler-called", "what a called function gave is no function", _says("is not callable")),
    Behaviour(
        "swallowed-interrupt",
        "what ends the request after a step is taken for an error, and nothing is stored",
        lambda seen: seen.calls["charge"] == 1 and seen.ran == [] and seen.status == "failed",
    ),
    Behaviour(
        "swallowed-non-retriable",
        "the error that was to end the run does not",
        lambda seen: seen.status == "completed" and "ship" in seen.ran,
    ),
    Behaviour(
        "swallowed-step-error",
        "a function completes whose step failed for good",
        lambda seen: seen.status == "completed" and seen.failed != [] and seen.output == "failed",
        {"charge": _declining},
    ),
    Behaviour("sync-async-mismatch", "an async function gives a sync step a coroutine", _says("output_unserializable")),
    Behaviour(
        "unawaited-step",
        "a step that is not awaited does not run",
        lambda seen: seen.calls["publish"] == 0 and any("never awaited" in warning for warning in seen.warned),
    ),
    Behaviour(
        "unserializable-step-result",
        "the step's work is done, and done again, and nothing is stored",
        lambda seen: seen.calls["place_order"] == MOST_ATTEMPTS and seen.ran == [],
    ),
    Behaviour(
        "unstable-step-id",
        "a step is never found again, and runs in every request",
        lambda seen: seen.status == "endless" and seen.calls["charge"] == seen.requests,
    ),
    Behaviour(
        "context-manager-around-step",
        "a lock is taken in every request, and so is not held from one step to the next",
        lambda seen: seen.printed.count("entered") == seen.requests > 1,
        {"LOCK": _Prints()},
    ),
    Behaviour(
        "cron-reads-event-data",
        "the event of a schedule has none of the user's data",
        _says("KeyError"),
        events=(_TIMER,),
    ),
    Behaviour(
        "foreign-logger",
        "what another logger is told is logged in every request",
        lambda seen: seen.printed.count("an order came in") == seen.requests > 1,
        {"logger": _Prints()},
    ),
    Behaviour(
        "raw-fetch",
        "the request is made again in every request of the run",
        lambda seen: seen.printed.count("https://") == seen.requests > 1,
        {"httpx": SimpleNamespace(AsyncClient=_Prints)},
    ),
    Behaviour("sdk-version-mismatch", "a handler is given the context alone", _says("missing 1 required positional")),
    Behaviour(
        "side-effect-outside-step",
        "the row is written in every request",
        lambda seen: seen.printed.count("insert") == seen.requests > 1,
        {"database": _Prints()},
    ),
    Behaviour("suspicious-duration-unit", "the time before a retry is counted in milliseconds", _is_soon),
    Behaviour("unbounded-step-loop", "a loop of steps without an end has none", lambda seen: seen.status == "endless"),
    Behaviour("unhandled-wait-timeout", "a wait that ended without an event gives nothing", _says("'NoneType' object")),
    Behaviour(
        "send-in-function",
        "an event is sent again in every request",
        lambda seen: seen.logged.count("sent") == seen.requests > 1,
    ),
)


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=str)
def test_the_bad_code_of_a_page_shows_the_fault_at_run_time(behaviour: Behaviour) -> None:
    assert behaviour.shows(behaviour.run("Bad"))


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=str)
def test_the_good_code_of_a_page_does_not(behaviour: Behaviour) -> None:
    assert not behaviour.shows(behaviour.run("Good"))


# Behaviours that no block of a page shows by itself


def _run(body: str, *, before: str = "") -> Run:
    """The run of an async handler with this body."""
    return run(module_of(_HEAD + before + _HANDLER + textwrap.indent(textwrap.dedent(body), "    ")))


_HEAD = """
import datetime
import inngest

client = inngest.Inngest(app_id="shop")

async def charge() -> str:
    return "charged"

"""
_HANDLER = """
@client.create_function(fn_id="order", trigger=inngest.TriggerEvent(event="shop/order.placed"))
async def order(ctx: inngest.Context) -> object:
"""


def test_a_step_runs_once_and_its_result_is_found_again() -> None:
    seen = _run("""
        await ctx.step.run("first", charge)
        return await ctx.step.run("second", charge)
    """)

    assert (seen.requests, seen.calls["charge"], seen.output) == (3, 2, "charged")


def test_a_tuple_that_a_step_gives_comes_back_as_a_list() -> None:
    seen = _run('return type(await ctx.step.run("pair", lambda: (1, 2))).__name__')

    assert seen.output == "list"


def test_a_key_that_is_a_number_comes_back_as_a_string() -> None:
    seen = _run('return list(await ctx.step.run("by-id", lambda: {1: "a"}))')

    assert seen.output == ["1"]


def test_a_step_whose_function_returns_nothing_gives_nothing() -> None:
    seen = _run('return await ctx.step.run("nothing", lambda: None) is None')

    assert seen.output is True


def test_steps_of_the_same_id_are_told_apart_by_how_many_came_before() -> None:
    seen = _run("""
        await ctx.step.run("mail", charge)
        await ctx.step.run("mail", charge)
    """)

    assert len(set(seen.ids)) == len(seen.ran) == 2


def test_steps_of_one_id_are_given_each_other_s_results_where_their_order_changes() -> None:
    seen = _run(
        """
        ORDER.reverse()
        return [[name, await ctx.step.run("same", str, name)] for name in ORDER]
        """,
        before='ORDER = ["a", "b"]\n',
    )

    assert isinstance(seen.output, list)
    assert any(pair != [pair[0], pair[0]] for pair in seen.output if isinstance(pair, list))


def test_an_interrupt_is_no_exception_so_that_only_a_bare_except_takes_it() -> None:
    seen = _run("""
        try:
            return await ctx.step.run("charge", charge)
        except Exception:
            return "swallowed"
    """)

    assert seen.output == "charged"


def test_a_bare_except_gives_a_result_before_the_step_was_stored() -> None:
    seen = _run("""
        try:
            return await ctx.step.run("charge", charge)
        except BaseException:
            return "swallowed"
    """)

    assert (seen.output, seen.ran, seen.calls["charge"]) == ("swallowed", [], 1)


def test_an_error_that_is_not_retried_comes_out_of_the_step_with_its_own_type() -> None:
    seen = _run("""
        def decline():
            raise inngest.NonRetriableError("declined")
        try:
            await ctx.step.run("charge", decline)
        except inngest.NonRetriableError:
            return "here"
    """)

    assert (seen.output, seen.ran) == ("here", [])


def test_any_other_error_comes_out_of_the_step_as_a_step_error_once_its_attempts_are_used_up() -> None:
    seen = _run("""
        def decline():
            raise ValueError("declined")
        try:
            await ctx.step.run("charge", decline)
        except Exception as error:
            return [type(error).__name__, error.name]
    """)

    assert seen.output == ["StepError", "ValueError"]
    assert len(seen.errors) == MOST_ATTEMPTS


def test_a_whole_number_given_to_a_retry_is_milliseconds() -> None:
    assert _is_soon(_run('raise inngest.RetryAfterError("busy", 60)'))


def test_a_whole_number_given_to_a_sleep_is_milliseconds() -> None:
    started = dt.datetime.now(dt.timezone.utc)
    until = _run('await ctx.step.sleep("wait", 60)').told[0]["name"]

    assert dt.datetime.fromisoformat(str(until)) - started < dt.timedelta(seconds=10)


def test_a_sleep_cannot_read_text() -> None:
    assert "TypeError" in _run('await ctx.step.sleep("wait", "1h")').says


def test_an_argument_that_a_configuration_class_does_not_know_is_dropped() -> None:
    trigger = inngest.TriggerEvent(event="shop/refunded", if_exp="true")  # type: ignore[call-arg]

    assert trigger.to_dict() == {"event": "shop/refunded", "expression": None}


def test_a_limit_that_is_no_list_is_refused_when_the_function_is_made() -> None:
    made = '@client.create_function(fn_id="f", trigger=inngest.TriggerCron(cron="0 * * * *"), concurrency=5)'

    with pytest.raises(Exception, match="concurrency"):
        module_of(f"{_HEAD}{made}\nasync def f(ctx): ...\n")


def test_a_trigger_that_is_a_text_is_refused_when_the_function_is_registered() -> None:
    made = '@client.create_function(fn_id="f", trigger="shop/bill")'
    (function,) = functions_of(module_of(f"{_HEAD}{made}\nasync def f(ctx): ...\n"))

    with pytest.raises(Exception, match="trigger"):
        function.get_config("http://localhost")


def test_a_dictionary_cannot_be_sent() -> None:
    client = inngest.Inngest(app_id="shop")

    with pytest.raises(AttributeError):
        asyncio.run(SEND(client, {"name": "shop/user.created"}))  # type: ignore[arg-type]


def test_an_event_takes_no_model_for_its_data() -> None:
    with pytest.raises(ValueError, match="data"):
        inngest.Event(name="shop/order.paid", data=inngest.TriggerCron(cron="0 * * * *"))  # type: ignore[arg-type]


def test_an_event_takes_no_date_in_its_data() -> None:
    with pytest.raises(ValueError, match="data"):
        inngest.Event(name="shop/order.paid", data={"at": dt.datetime.now(dt.timezone.utc)})  # type: ignore[dict-item]


def test_the_time_of_an_event_is_taken_as_it_is() -> None:
    assert inngest.Event(name="shop/order.paid", ts=1_700_000_000).ts == 1_700_000_000


def test_an_async_handler_is_given_another_context_than_a_sync_one() -> None:
    decorator = '@client.create_function(fn_id="f", trigger=inngest.TriggerCron(cron="0 * * * *"))\n'
    run_async = run(module_of(_HEAD + decorator + "async def f(ctx): return type(ctx).__name__\n"))
    run_sync = run(module_of(_HEAD + decorator + "def f(ctx): return type(ctx).__name__\n"))

    assert (run_async.output, run_sync.output) == ("Context", "ContextSync")


def test_the_sdk_says_nothing_of_the_type_of_what_is_invoked_by_its_id() -> None:
    assert inngest.Step.invoke_by_id.__annotations__["return"] == "object"


def test_names_of_earlier_releases_are_gone() -> None:
    assert find_spec("inngest.errors") is None
    assert not hasattr(inngest.Step, "parallel")


def test_the_logger_of_the_context_says_a_thing_once() -> None:
    seen = _run("""
        ctx.logger.info("an order came in")
        await ctx.step.run("first", charge)
        await ctx.step.run("second", charge)
    """)

    assert seen.logged.count("an order came in") == 1


# Sources


FILE = re.compile(r"`[\w./-]+\.(?:py|ts|go)`")
TITLE = re.compile(r'documentation, "[^"]+"|<https?://|\]\(https?://')
# Rules about this linter's own comments, and about files that cannot be read, say nothing of Inngest.
OF_ITS_OWN = frozenset({"unused-suppression"})


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.name)
def test_a_page_names_a_source_file_or_is_held_to_the_sdk_here_or_cites_documentation_by_title(rule: Rule) -> None:
    section = read_page(RULE_PAGES / f"{rule.name}.md").section("Sources")
    told = section.prose if section is not None else ""
    is_tested = rule.name in {behaviour.rule for behaviour in BEHAVIOURS}

    assert FILE.search(told) or is_tested or TITLE.search(told) or rule.name in OF_ITS_OWN


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=str)
def test_every_behaviour_is_that_of_a_rule_for_python(behaviour: Behaviour) -> None:
    assert Language.PYTHON in all_rules()[behaviour.rule].languages
