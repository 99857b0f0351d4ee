"""Flows: the steps of a function in the order in which they are taken, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphs import charted, shown

from inngest_lint.graph.words import duration

PYTHON = """
import asyncio
import datetime
import inngest

client = inngest.Inngest(app_id="shop")

@client.create_function(fn_id="order", trigger=inngest.TriggerEvent(event="shop/paid"))
async def order(ctx: inngest.Context) -> None:
"""
TYPESCRIPT = """
import { Inngest } from "inngest";
const inngest = new Inngest({ id: "shop" });
const options = { id: "order", triggers: { event: "shop/paid" } };
export const order = inngest.createFunction(options, async ({ event, step }) => {
"""


def flow_of(code: str, tmp_path: Path, suffix: str) -> list[str]:
    """The lines below the trigger of the one function of a file, as the tree has them."""
    file = tmp_path / f"order.{suffix}"
    head, indent, end = (PYTHON, "    ", "") if suffix == "py" else (TYPESCRIPT, "  ", "});\n")
    body = "".join(f"{indent}{line}\n" for line in code.strip().splitlines())
    file.write_text(head + body + end, encoding="utf-8")
    lines = shown("tree", charted(str(file))).split("\n\n")[1].splitlines()
    return [line[2:] for line in lines[2:]]


def test_steps_stand_in_their_order_with_what_they_do(tmp_path: Path) -> None:
    code = """
await ctx.step.run("charge", charge)
await ctx.step.sleep("a", datetime.timedelta(hours=36))
await ctx.step.sleep_until("b", ctx.event.data["due"])
await ctx.step.wait_for_event("c", event="shop/shipped", timeout=datetime.timedelta(days=1), if_exp="true")
await ctx.step.send_event("d", inngest.Event(name="shop/done"))
await client.send(inngest.Event(name="shop/told"))
"""

    assert flow_of(code, tmp_path, "py") == [
        "├─ run charge",
        "├─ sleep a for 1d 12h",
        '├─ sleep b until ctx.event.data["due"]',
        "├─ wait c for shop/shipped, at most 1d, if true",
        "├─ send d shop/done",
        "└─ send shop/told",
    ]


def test_options_of_typescript_say_the_same(tmp_path: Path) -> None:
    code = """
await step.waitForEvent("c", { event: "shop/shipped", timeout: "36h", match: "data.id" });
await step.sleep("a", "90m");
await step.sleep("b", `${event.data.days}d`);
await step.invoke("d", { function: order, data: {} });
await step.run(`e-${event.data.id}`, () => inngest.send({ name: "shop/told" }));
"""

    assert flow_of(code, tmp_path, "ts") == [
        "├─ wait c for shop/shipped, at most 1d 12h, if same data.id",
        "├─ sleep a for 1h 30m",
        "├─ sleep b for {event.data.days}d",
        "├─ invoke d → order",
        "└─ run e-{event.data.id} shop/told",
    ]


@pytest.mark.parametrize(
    ("code", "suffix"),
    [
        ("await asyncio.gather(ctx.step.run('a', f), ctx.step.run('b', f))", "py"),
        ("a = ctx.step.run('a', f)\nb = ctx.step.run('b', f)\nawait asyncio.gather(a, b)", "py"),
        ("await ctx.group.parallel((lambda: ctx.step.run('a', f), lambda: ctx.step.run('b', f)))", "py"),
        ("await Promise.all([step.run('a', f), step.run('b', f)]);", "ts"),
        ("const a = step.run('a', f);\nconst b = step.run('b', f);\nawait Promise.all([a, b]);", "ts"),
        ("const both = [step.run('a', f), step.run('b', f)];\nawait Promise.all(both);", "ts"),
    ],
)
def test_what_is_begun_together_stands_together(code: str, suffix: str, tmp_path: Path) -> None:
    assert flow_of(code, tmp_path, suffix) == ["└─ together", "   ├─ run a", "   └─ run b"]


def test_a_race_is_the_first_of_its_branches(tmp_path: Path) -> None:
    code = "await Promise.race([step.run('a', f), step.run('b', f)]);"

    assert flow_of(code, tmp_path, "ts")[0] == "└─ the first of"


def test_branches_of_several_steps_are_numbered(tmp_path: Path) -> None:
    code = """
await Promise.all([
  (async () => { await step.run("a", f); await step.run("b", f); })(),
  step.run("c", f),
]);
"""

    lines = flow_of(code, tmp_path, "ts")

    assert lines == ["├─ together", "├─ 1.", "│  ├─ run a", "│  └─ run b", "└─ 2.", "   └─ run c"]


@pytest.mark.parametrize(
    ("code", "suffix"),
    [
        ("await asyncio.gather(*[ctx.step.run(f'a-{x}', f) for x in items])", "py"),
        ("await Promise.all(items.map((x) => step.run(`a-${x}`, f)));", "ts"),
        ("const all = items.map(async (x) => { await step.run(`a-${x}`, f); });\nawait Promise.all(all);", "ts"),
    ],
)
def test_one_branch_for_each_item_is_told_once(code: str, suffix: str, tmp_path: Path) -> None:
    told = flow_of(code, tmp_path, suffix)

    assert told[0] in ("└─ together for each of items", "└─ together for each of x in items")
    assert told[1:] == ["   └─ run a-{x}"]


@pytest.mark.parametrize(
    ("code", "suffix", "told"),
    [
        ("for x in items:\n    await ctx.step.run(f'a-{x}', f)", "py", "for x in items"),
        ("while waiting():\n    await ctx.step.run('a', f)", "py", "for waiting()"),
        ("for (const x of items) { await step.run('a', f); }", "ts", "for x of items"),
        ("items.forEach(async (x) => { await step.run('a', f); });", "ts", "for each of items"),
    ],
)
def test_loops_say_what_they_go_through(code: str, suffix: str, told: str, tmp_path: Path) -> None:
    assert flow_of(code, tmp_path, suffix)[0] == f"└─ {told}"


@pytest.mark.parametrize(
    ("code", "suffix"),
    [
        (
            """
if a:
    await ctx.step.run("a", f)
elif (b
      or c):
    return
else:
    raise ValueError
await ctx.step.run("z", f)
""",
            "py",
        ),
        (
            """
if (a) { await step.run("a", f); }
else if (b
  || c) { return; }
else { throw new Error(); }
await step.run("z", f);
""",
            "ts",
        ),
    ],
)
def test_branches_say_their_tests(code: str, suffix: str, tmp_path: Path) -> None:
    either = "b or c" if suffix == "py" else "b || c"

    assert flow_of(code, tmp_path, suffix) == [
        "├─ if a",
        "│  └─ run a",
        f"├─ or if {either}",
        "│  └─ return",
        "├─ otherwise",
        "│  └─ fail",
        "└─ run z",
    ]


def test_a_switch_says_what_it_looks_at(tmp_path: Path) -> None:
    code = """
switch (event.data.kind) {
  case "a": await step.run("a", f); break;
  default: await step.run("b", f);
}
"""

    assert flow_of(code, tmp_path, "ts") == [
        '├─ if event.data.kind is "a"',
        "│  └─ run a",
        "└─ otherwise",
        "   └─ run b",
    ]


def test_a_branch_that_does_nothing_is_turned_round(tmp_path: Path) -> None:
    code = "if (a) { g(); } else { await step.run('a', f); }"

    assert flow_of(code, tmp_path, "ts") == ["└─ if not (a)", "   └─ run a"]


def test_what_ends_the_run_is_told_where_steps_follow(tmp_path: Path) -> None:
    code = "if (a) { return; }\nawait step.run('a', f);\nif (b) { return; }"

    assert flow_of(code, tmp_path, "ts") == ["├─ if a", "│  └─ return", "└─ run a"]


@pytest.mark.parametrize(
    ("code", "suffix"),
    [
        ("await step.run(`a-${item.id.slice(0, 8)}`, f);", "ts"),
        ("await ctx.step.run(f'a-{item.id.slice(0, 8)}', f)", "py"),
        ("await ctx.step.run(step_id=f'a-{item.id.slice(0, 8)}', handler=f)", "py"),
    ],
)
def test_ids_hold_the_code_that_makes_them(code: str, suffix: str, tmp_path: Path) -> None:
    assert flow_of(code, tmp_path, suffix) == ["└─ run a-{item.id.slice(0, 8)}"]


def test_branches_that_have_nothing_to_do_with_steps_are_left_out(tmp_path: Path) -> None:
    code = "if a:\n    print(1)\nfor x in y:\n    print(x)\nawait ctx.step.run('z', f)\nreturn 1"

    assert flow_of(code, tmp_path, "py") == ["└─ run z"]


def test_what_is_done_about_errors_is_told(tmp_path: Path) -> None:
    code = """
try:
    await ctx.step.run("a", f)
except (ValueError, KeyError):
    await ctx.step.run("b", f)
finally:
    await ctx.step.run("c", f)
"""

    assert flow_of(code, tmp_path, "py") == [
        "├─ try",
        "│  └─ run a",
        "├─ if it fails with ValueError or KeyError",
        "│  └─ run b",
        "└─ in any case",
        "   └─ run c",
    ]


def test_steps_of_helpers_stand_where_they_are_taken(tmp_path: Path) -> None:
    (tmp_path / "help.ts").write_text(
        "export async function help(step: any) { await step.run('inner', () => 1); return 2; }\n"
    )
    (tmp_path / "order.ts").write_text(
        'import { help } from "./help";\n'
        + TYPESCRIPT
        + "await step.run('a', f);\nawait help(step);\nawait step.run('z', f);\n});\n"
    )

    told = shown("tree", charted(str(tmp_path)))

    assert "  ├─ run a\n  ├─ run inner\n  └─ run z\n" in told


def test_a_helper_that_calls_itself_is_gone_through_once(tmp_path: Path) -> None:
    code = "const again = async (n: number) => { await step.run(`a-${n}`, f); await again(n - 1); };\nawait again(3);"

    assert flow_of(code, tmp_path, "ts") in (["└─ run a-{n}"], ["├─ run a-{n}", "└─ as in again"])


def test_helpers_that_call_each_other_twice_stay_short(tmp_path: Path) -> None:
    helpers = "".join(
        f"async function h{n}(step: any) {{ await h{n + 1}(step); await h{n + 1}(step); }}\n" for n in range(40)
    )
    last = "async function h40(step: any) { await step.run('a', () => 1); }\n"
    (tmp_path / "order.ts").write_text(f"{TYPESCRIPT}await h0(step);\n}});\n{helpers}{last}")

    assert len(shown("tree", charted(str(tmp_path)))) < 50_000


def test_a_failure_handler_has_a_flow_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "order.ts").write_text(
        'import { Inngest } from "inngest";\nconst inngest = new Inngest({ id: "shop" });\n'
        "export const order = inngest.createFunction(\n"
        '  { id: "order", triggers: { cron: "0 6 * * *" },\n'
        '    onFailure: async ({ step }) => { await step.run("b", f); } },\n'
        '  async ({ step }) => { await step.run("a", f); },\n);\n'
    )

    assert "  │  at 0 6 * * *\n  ├─ run a\n  └─ when it fails\n     └─ run b\n" in shown("tree", charted(str(tmp_path)))


def test_both_languages_are_in_one_graph(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"{PYTHON}    await client.send(inngest.Event(name='shop/packed'))\n")
    (tmp_path / "b.ts").write_text(
        TYPESCRIPT.replace("shop/paid", "shop/packed").replace('"order"', '"ship"') + "});\n"
    )

    assert "└─ send shop/packed → ship" in shown("tree", charted(str(tmp_path)))


@pytest.mark.parametrize(
    ("milliseconds", "told"),
    [(1000, "1s"), (5_400_000, "1h 30m"), (1_209_600_000, "2w"), (0, "0ms"), (1500, "1500ms"), (0.5, "0.5ms")],
)
def test_lengths_of_time_are_told_in_units(milliseconds: float, told: str) -> None:
    assert duration(milliseconds) == told
