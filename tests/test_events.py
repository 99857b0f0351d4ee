"""The event graph: who starts, sends, awaits, invokes and cancels what, across files and both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from inngest_lint.linter import Request, linked
from inngest_lint.model.events import matches, never_matches
from inngest_lint.progress import Bar
from inngest_lint.project import Edge, EventGraph, Tie

PYTHON = """
import inngest

client = inngest.Inngest(app_id="shop")


@client.create_function(fn_id="f", trigger=inngest.TriggerEvent(event="shop/start"))
async def f(ctx: inngest.Context) -> None:
"""
TYPESCRIPT = """
import { eventType, Inngest, referenceFunction } from "inngest";
import { names, Names, Statics } from "./names";

const inngest = new Inngest({ id: "shop" });
const typed = eventType("shop/typed");
const send = async (name: string) => inngest.send({ name });

export const f = inngest.createFunction(
  { id: "f", triggers: [{ event: "shop/start" }], cancelOn: [{ event: "shop/stop", match: "data.id" }] },
  async ({ event, step }) => {
"""
NAMES = """
export const names = { paid: "shop/paid", deep: { lost: "shop/lost" } } as const;
export enum Names { Packed = "shop/packed" }
export class Statics { static readonly SHIPPED = "shop/shipped"; }
"""


def graph(folder: Path, **files: str) -> EventGraph:
    """The event graph of some files, whose names have an underscore for the dot."""
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (folder / f"{stem}.{suffix}").write_text(text, encoding="utf-8")
    return linked(Request((str(folder),), isolated=True), Bar(visible=False)).project.events


def python(folder: Path, *lines: str, **files: str) -> EventGraph:
    """The graph of a Python function that starts on `shop/start`."""
    return graph(folder, f_py=PYTHON + "".join(f"    {line}\n" for line in lines), **files)


def typescript(folder: Path, *lines: str) -> EventGraph:
    """The graph of a TypeScript function that starts on `shop/start`, and what stands after it."""
    return graph(folder, names_ts=NAMES, f_ts="\n".join((TYPESCRIPT, *lines, "});")))


def sends(events: EventGraph) -> list[str | None]:
    """The names of all that is sent, in order."""
    return [edge.event for edge in events.edges if edge.tie is Tie.SENDS]


def only(events: EventGraph, tie: Tie) -> Edge:
    """The only edge of a kind."""
    (edge,) = (edge for edge in events.edges if edge.tie is tie)
    return edge


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('await ctx.step.send_event("s", inngest.Event(name="a/b"))', ["a/b"]),
        ('await ctx.step.send_event("s", [inngest.Event(name="a"), inngest.Event(name="b")])', ["a", "b"]),
        ('await ctx.step.send_event("s", [inngest.Event(name="a") for _ in range(3)])', ["a"]),
        ('await client.send(inngest.Event(name="a" if ctx.event.data else "b"))', ["a", "b"]),
        ("client.send_sync(inngest.Event(name=f\"shop/{'paid'}\"))", ["shop/paid"]),
        ('await ctx.step.send_event("s", inngest.Event(name=ctx.event.name))', ["shop/start"]),
        ('await ctx.step.send_event("s", inngest.Event(name=ctx.event.data["name"]))', []),
    ],
)
def test_what_a_python_function_sends_is_known_by_its_names(line: str, expected: list[str], tmp_path: Path) -> None:
    assert sends(python(tmp_path, line)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('await step.sendEvent("s", { name: names.paid });', ["shop/paid"]),
        ('await step.sendEvent("s", { name: names["deep"].lost });', ["shop/lost"]),
        ('await step.sendEvent("s", { name: Names.Packed });', ["shop/packed"]),
        ('await step.sendEvent("s", { name: Statics.SHIPPED });', ["shop/shipped"]),
        ('await step.sendEvent("s", typed.create({ id: 1 }));', ["shop/typed"]),
        ('await step.sendEvent("s", { name: typed.name });', ["shop/typed"]),
        ('await step.sendEvent("s", event.data.all.map((one) => ({ name: "a/b", data: one })));', ["a/b"]),
        ('const all = []; all.push({ name: "a" }); await step.sendEvent("s", all);', ["a"]),
        ('await step.sendEvent("s", { ...event, name: "a" });', ["a"]),
        ('await step.run("s", () => send("a/b"));', ["a/b"]),
        ('await step.sendEvent("s", event);', ["shop/start"]),
        ('await step.sendEvent("s", { name: event.data.name });', []),
    ],
)
def test_what_a_typescript_function_sends_is_known_by_its_names(line: str, expected: list[str], tmp_path: Path) -> None:
    assert [edge.event for edge in typescript(tmp_path, line).edges if edge.tie is Tie.SENDS] == expected


def test_names_are_followed_into_enums_and_classes_of_other_files(tmp_path: Path) -> None:
    names = (
        'from enum import Enum\n\n\nclass Names(str, Enum):\n    PAID = "shop/paid"\n\n\nclass Other:\n    LOST = "l"\n'
    )
    line = 'await ctx.step.send_event("s", [inngest.Event(name=Names.PAID.value), inngest.Event(name=Other.LOST)])'

    events = graph(tmp_path, names_py=names, f_py=f"from names import Names, Other\n{PYTHON}    {line}\n")

    assert sends(events) == ["shop/paid", "l"]


def test_a_name_that_is_not_known_is_told_with_what_it_begins_with(tmp_path: Path) -> None:
    events = typescript(tmp_path, 'await step.sendEvent("s", { name: `hook/${event.data.type}` });')

    assert [unknown.prefix for unknown in events.unknown if unknown.tie is Tie.SENDS and unknown.prefix] == ["hook/"]


def test_a_helper_sends_what_the_function_on_the_way_gives_it(tmp_path: Path) -> None:
    helper = "import inngest\n\n\nasync def tell(step: inngest.Step, name: str) -> None:\n"
    helper += '    await step.send_event("tell", inngest.Event(name=name))\n'

    events = graph(
        tmp_path, tell_py=helper, f_py=f'from tell import tell\n{PYTHON}    await tell(ctx.step, "shop/told")\n'
    )

    assert [(edge.event, len(edge.way)) for edge in events.edges if edge.function and edge.tie is Tie.SENDS] == [
        ("shop/told", 1)
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("SEND",), False),
        (("if ctx.event.data:", "    SEND"), True),
        (("if ctx.event.data:", "    return", "SEND"), True),
        (("if ctx.event.data:", "    raise ValueError", "SEND"), True),
        (("for _ in ctx.event.data:", "    SEND"), True),
        (("for _ in [1, 2]:", "    SEND"), False),
        (("while True:", "    SEND"), False),
        (("try:", "    SEND", "finally:", "    pass"), False),
        (("try:", "    pass", "except ValueError:", "    SEND"), True),
        (("SEND", "return"), False),
    ],
)
def test_a_send_is_under_a_condition_where_the_function_may_end_without_it(
    lines: tuple[str, ...], expected: object, tmp_path: Path
) -> None:
    send = 'await ctx.step.send_event("s", inngest.Event(name="a"))'

    events = python(tmp_path, *(line.replace("SEND", send) for line in lines))

    assert only(events, Tie.SENDS).condition is expected


def test_what_a_helper_returns_early_from_is_the_helper(tmp_path: Path) -> None:
    lines = ("def pick() -> int:", "    if ctx.event.data:", "        return 1", "    return 2", "pick()")

    events = python(tmp_path, *lines, 'await ctx.step.send_event("s", inngest.Event(name="a"))')

    assert not only(events, Tie.SENDS).condition


def test_what_a_failure_handler_sends_belongs_to_its_function_and_is_under_a_condition(tmp_path: Path) -> None:
    text = """
    import { Inngest } from "inngest";
    const inngest = new Inngest({ id: "shop" });
    const onFailure = async ({ step }) => { await step.sendEvent("s", { name: "shop/failed" }); };
    export const f = inngest.createFunction({ id: "f", onFailure, triggers: [{ event: "a" }] }, async () => 1);
    """

    edge = only(graph(tmp_path, f_ts=text), Tie.SENDS)

    assert (edge.function is not None, edge.condition) == (True, True)


def test_code_outside_of_functions_sends_for_nobody(tmp_path: Path) -> None:
    route = (
        'from f import client\nimport inngest\n\n\nasync def order():\n    await client.send(inngest.Event(name="a"))\n'
    )

    assert only(python(tmp_path, "return None", route_py=route), Tie.SENDS).function is None


@pytest.mark.parametrize(
    ("line", "tie", "event"),
    [
        ('await step.waitForEvent("w", { event: "shop/paid", timeout: "1h" });', Tie.WAITS, "shop/paid"),
        ('await step.waitForEvent("w", { event: typed, timeout: "1h" });', Tie.WAITS, "shop/typed"),
        ("return;", Tie.CANCELS, "shop/stop"),
        ("return;", Tie.TRIGGERS, "shop/start"),
    ],
)
def test_waits_cancellations_and_triggers_are_ties(line: str, tie: Tie, event: str, tmp_path: Path) -> None:
    assert only(typescript(tmp_path, line), tie).event == event


def test_cancellations_that_functions_share_are_followed(tmp_path: Path) -> None:
    shared = 'import inngest\n\nCANCELS = [inngest.Cancel(event="shop/stop", if_exp="true")]\n'
    function = PYTHON.replace('"shop/start")', '"shop/start"), cancel=CANCELS')

    events = graph(tmp_path, shared_py=shared, f_py=f"from shared import CANCELS\n{function}    return None\n")

    assert (only(events, Tie.CANCELS).event, only(events, Tie.CANCELS).condition) == ("shop/stop", True)


@pytest.mark.parametrize(
    "line",
    [
        'await step.invoke("i", { function: f });',
        'await step.invoke("i", { function: referenceFunction({ functionId: "f", appId: "shop" }) });',
    ],
)
def test_the_function_that_is_invoked_is_found(line: str, tmp_path: Path) -> None:
    events = typescript(tmp_path, line)

    assert only(events, Tie.INVOKES).target is events.functions[0]


def test_a_function_of_another_file_is_invoked_by_its_name_and_by_its_id(tmp_path: Path) -> None:
    caller = """
import inngest
from f import client, f


@client.create_function(fn_id="g", trigger=inngest.TriggerEvent(event="shop/g"))
async def g(ctx: inngest.Context) -> None:
    await ctx.step.invoke("one", function=f)
    await ctx.step.invoke_by_id("two", app_id="shop", function_id="f")
"""

    events = python(tmp_path, "return None", g_py=caller)

    assert [edge.target.id for edge in events.edges if edge.tie is Tie.INVOKES and edge.target] == ["f", "f"]


def test_both_languages_are_in_one_graph(tmp_path: Path) -> None:
    text = """
    import { Inngest } from "inngest";
    export const inngest = new Inngest({ id: "other" });
    export const g = inngest.createFunction({ id: "g", triggers: [{ event: "shop/*" }] }, async () => 1);
    """

    events = python(tmp_path, 'await ctx.step.send_event("s", inngest.Event(name="shop/paid"))', g_ts=text)

    assert [(node.id, node.app) for node in events.functions_on("shop/paid")] == [("g", "other")]
    assert [edge.function.id for edge in events.senders("shop/*") if edge.function] == ["f"]
    assert events.events() == ("shop/*", "shop/paid", "shop/start")


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ("app/user.created", "app/user.created", True),
        ("app/user.created", "app/user.deleted", False),
        ("app/*", "app/user.created", True),
        ("app/user.*", "app/user.created", True),
        ("app/user.*", "app/users.created", False),
        ("app/user*", "app/user.created", False),
        ("*", "app/user.created", False),
        ("app/*.created", "app/user.created", False),
    ],
)
def test_a_pattern_stands_for_what_follows_a_slash_or_a_dot(pattern: str, event: str, expected: object) -> None:
    assert matches(pattern, event) is expected


@pytest.mark.parametrize("pattern", ["*", "app*", "app/us*", "app/*.created", "app/*/*", "app/**"])
def test_a_star_anywhere_else_matches_nothing(pattern: str) -> None:
    assert never_matches(pattern)
