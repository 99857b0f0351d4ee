"""What a function asks and waits to be answered, and whether one thing that it does is over before another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inngest_lint.linter import Request, linked
from inngest_lint.progress import Bar
from inngest_lint.project import Project, Tie
from inngest_lint.project.events.exchanges import Exchange, exchanges
from inngest_lint.project.events.sequence import is_over_before, stations

ANSWER = """
import { Inngest } from "inngest";
import { ask } from "./ask";

const inngest = new Inngest({ id: "shop" });

export const answer = inngest.createFunction({ id: "answer", triggers: { event: "a/asked" } }, async ({ step }) => {
  await step.sendEvent("reply", { name: "a/answered" });
});

export const asker = inngest.createFunction({ id: "asker", triggers: { event: "a/b" } }, async ({ event, step }) => {
"""
ASK = """
import { GetStepTools, Inngest } from "inngest";

export async function ask(step: GetStepTools<Inngest.Any>) {
  await step.sendEvent("ask", { name: "a/asked" });
}
"""
SEND = 'step.sendEvent("ask", { name: "a/asked" })'
WAIT = 'step.waitForEvent("wait", { event: "a/answered", timeout: "1h" })'


def project(folder: Path, *lines: str) -> Project:
    """A project in which `asker` does what is given, and `answer` answers `a/asked` with `a/answered`."""
    (folder / "answer.ts").write_text("\n".join((ANSWER, *lines, "});")), encoding="utf-8")
    (folder / "ask.ts").write_text(ASK, encoding="utf-8")
    return linked(Request((str(folder),), isolated=True), Bar(visible=False)).project


def found(asked: Project) -> Iterator[Exchange]:
    """The exchanges of `asker`."""
    (asker,) = (node for node in asked.events.functions if node.id == "asker")
    return exchanges(asker.function, asked.events)


def test_an_exchange_knows_who_asks_and_who_answers(tmp_path: Path) -> None:
    (exchange,) = found(project(tmp_path, f"await {SEND};", f"await {WAIT};"))

    assert (exchange.asker.id, exchange.answerer.id, exchange.request.tie) == ("asker", "answer", Tie.SENDS)


def test_what_is_invoked_is_asked_too(tmp_path: Path) -> None:
    (exchange,) = found(project(tmp_path, 'await step.invoke("ask", { function: answer });', f"await {WAIT};"))

    assert exchange.request.tie is Tie.INVOKES


def test_an_event_that_other_code_sends_is_no_answer(tmp_path: Path) -> None:
    text = "});\nexport async function hook() {\n  await inngest.send({ name: 'a/answered' });\n}\n(() => {"

    assert list(found(project(tmp_path, f"await {SEND};", f"await {WAIT};", text))) == []


def test_a_function_does_not_answer_itself(tmp_path: Path) -> None:
    lines = ('await step.sendEvent("self", { name: "a/b" });', 'await step.sendEvent("own", { name: "a/own" });')
    wait = 'await step.waitForEvent("wait", { event: "a/own", timeout: "1h" });'

    assert list(found(project(tmp_path, *lines, wait))) == []


@pytest.mark.parametrize(
    "lines",
    [
        (f"await {SEND};", f"await {WAIT};"),
        ("await ask(step);", f"await {WAIT};"),
        (f"const sent = {SEND};", "await sent;", f"await {WAIT};"),
        (f"await Promise.all([{SEND}]);", f"await {WAIT};"),
        (f"try {{ await {SEND}; }} catch {{}}", f"await {WAIT};"),
        (f"if (event.data.ask) {{ await {SEND}; }}", f"await {WAIT};"),
        (f"for (const one of event.data.all) {{ await {SEND}; await {WAIT}; }}",),
        ("await step.run('send', () => inngest.send({ name: 'a/asked' }));", f"await {WAIT};"),
        (f"await Promise.all([1, 2].map(async () => {{ await {SEND}; await {WAIT}; }}));",),
    ],
)
def test_a_request_is_over_before_the_wait_begins(lines: tuple[str, ...], tmp_path: Path) -> None:
    asked = project(tmp_path, *lines)
    (exchange,) = found(asked)

    assert is_over_before(exchange.request, exchange.wait, asked)


@pytest.mark.parametrize(
    "lines",
    [
        (f"await Promise.all([{SEND}, {WAIT}]);",),
        (f"const waiting = {WAIT};", f"await {SEND};", "await waiting;"),
        (f"const sent = {SEND};", f"await {WAIT};", "await sent;"),
        ("const sent = ask(step);", f"await {WAIT};", "await sent;"),
        (f"if (event.data.ask) {{ await {SEND}; }} else {{ await {WAIT}; }}",),
        (f"if (event.data.ask) {{ await {SEND}; return; }}", f"await {WAIT};"),
        (f"await {WAIT};", f"await {SEND};"),
        (f"await Promise.all([(async () => {{ await {SEND}; }})(), {WAIT}]);",),
    ],
)
def test_a_request_is_not_over_before_the_wait_begins(lines: tuple[str, ...], tmp_path: Path) -> None:
    asked = project(tmp_path, *lines)
    (exchange,) = found(asked)

    assert not is_over_before(exchange.request, exchange.wait, asked)


def test_the_way_to_a_tie_goes_through_the_helpers(tmp_path: Path) -> None:
    asked = project(tmp_path, "await ask(step);", f"await {WAIT};")
    (exchange,) = found(asked)

    assert [body.name for body, _ in stations(exchange.request, asked)] == [None, "ask"]
