"""The shapes of Inngest's own ESLint plugin, inside a function: its verdicts where they hold, better ones elsewhere.

The shapes are those of the plugin's tests (`packages/eslint-plugin/src/rules/*.test.ts` of inngest-js), its misses and
false alarms follow from how it matches: by the names `inngest` and `step` alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from inngest_lint.linter import Request, lint
from inngest_lint.progress import Bar

FUNCTION = """
import {{ Inngest, step as tools }} from "inngest";
const inngest = new Inngest({{ id: "shop" }});
const bus = inngest;
const wizard = {{ run: (id: string, next: () => void) => next() }};
declare const payload: {{ name: string }};
declare function work(...given: unknown[]): number;
async function nests(s: any) {{ return s.run("inner", work); }}
export const shop = inngest.createFunction({{ id: "shop" }}, {{ event: "shop/paid" }}, async (ctx) => {{
  const {{ step, event, group }} = ctx;
  const {{ step: renamed }} = ctx;
  {body}
}});
"""

# A send in a handler outside steps is a fault however it is waited for, so those shapes stand in a route.
ROUTE = FUNCTION.replace("  {body}\n", "") + "export async function route(event: any) {{ {body} }}\n"

SEND, NESTED, MUTATION = "unawaited-send", "nested-step", "captured-mutation"

# Each shape of the plugin, and whether it reports it.
SHAPES = {
    "await-inngest-send": (
        SEND,
        {
            "await inngest.send(payload);": False,
            "return inngest.send(payload);": False,
            "void inngest.send(payload);": False,
            "inngest.send(payload);": True,
        },
    ),
    "no-nested-steps": (
        NESTED,
        {
            'await step.run("a", () => 1); await step.run("b", () => 2);': False,
            'await step.run("a", () => 1).then((a) => step.run("b", () => a));': False,
            'await step.run("a", () => work());': False,
            'await step.run("a", async () => { await step.run("b", () => 1); });': True,
            'await step.run("a", async () => { step.sendEvent("b", payload); });': True,
            'await step.run("a", async () => { await step.invoke("b", { function: shop }); });': True,
            'await step.run("a", async () => { await step.sleepUntil("b", event.data.at); });': True,
        },
    ),
    "no-variable-mutation-in-step": (
        MUTATION,
        {
            'let a = 1; a = await step.run("add-one", () => a + 1); work(a);': False,
            'let a = 1; await step.run("add-one", () => a++); work(a);': True,
            'let a = 1; await step.run("add-one", () => { a++; }); work(a);': True,
            'let a = 1; await step.run("add-one", () => { a += 1; }); work(a);': True,
            'let a = 1; await step.run("add-one", () => { a = a + 1; }); work(a);': True,
        },
    ),
}

# What the plugin does not see.
MISSES = {
    SEND: ["bus.send(payload);"],
    NESTED: [
        'await ctx.step.run("a", async () => { await ctx.step.sleep("b", "1m"); });',
        'await renamed.run("a", async () => { await renamed.sleep("b", "1m"); });',
        'await tools.run("a", async () => { await tools.sleep("b", "1m"); });',
        'await step.run("a", async () => { await step.ai.infer("b", { model: work(), body: {} }); });',
        'await step.run("a", async () => { await step.ai.wrap("b", () => work()); });',
        'await step.run("a", async () => { await step.realtime.publish("b", work(), payload); });',
        'await step.run("a", () => nests(step));',
        'await step.run("a", () => group.parallel(() => Promise.all([step.run("b", work)])));',
    ],
    MUTATION: [
        'const order = { paid: 0 }; await step.run("a", () => { order.paid = 1; }); work(order);',
        'const rows: number[] = []; await step.run("a", () => { rows.push(1); }); work(rows);',
        'const rows = new Map(); await step.run("a", () => { rows.set("a", 1); }); work(rows);',
        'const order: any = { paid: 1 }; await step.run("a", () => { delete order.paid; }); work(order);',
        'let a = 0; let b = 0; await step.run("a", () => { [a, b] = [1, 2]; }); work(a, b);',
        'let { n } = event.data; await step.run("a", () => { n = 1; }); work(n);',
        'let a = 0; await step.ai.wrap("a", () => { a = 1; }); work(a);',
    ],
}

# What the plugin reports and should not.
FALSE_ALARMS = {
    SEND: [
        "await Promise.all([inngest.send(payload), inngest.send(payload)]);",
        "const sent = inngest.send(payload); await sent;",
        "const send = () => inngest.send(payload); await send();",
        "await inngest.send(payload).catch(() => null);",
        "event.data.late ? await inngest.send(payload) : null;",
    ],
    NESTED: [
        'await step.sendEvent("x", await step.run("y", () => payload));',
        'await step.run("a", () => wizard.run("b", () => work()));',
        'const s = { step: wizard }; s.step.run("a", () => s.step.run("b", () => work()));',
    ],
    MUTATION: [
        'let a = 1; await step.run("a", () => { let a = 2; a = 3; return a; }); work(a);',
        'await step.run("a", () => { let n = 0; n++; return n; });',
    ],
}


def found(body: str, rule: str, directory: Path) -> bool:
    """Whether a rule reports a function with this body."""
    file = directory / "shop.ts"
    file.write_text((ROUTE if rule == SEND else FUNCTION).format(body=body), encoding="utf-8")
    report = lint(Request((str(file),), isolated=True, select=(rule,)), Bar(visible=False))
    assert not report.failures
    return any(diagnostic.rule == rule for diagnostic in report.diagnostics)


def listed(bodies: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(rule, body) for rule, listed in bodies.items() for body in listed]


def test_every_shape_of_the_plugin_is_here() -> None:
    assert {name: len(shapes) for name, (_, shapes) in SHAPES.items()} == {
        "await-inngest-send": 4,
        "no-nested-steps": 7,
        "no-variable-mutation-in-step": 5,
    }


@pytest.mark.parametrize(
    ("rule", "body", "verdict"),
    [(rule, body, verdict) for rule, shapes in SHAPES.values() for body, verdict in shapes.items()],
)
def test_a_shape_of_the_plugin_gets_its_verdict(rule: str, body: str, verdict: bool, tmp_path: Path) -> None:  # noqa: FBT001
    assert found(body, rule, tmp_path) is verdict


@pytest.mark.parametrize(("rule", "body"), listed(MISSES))
def test_what_the_plugin_misses_is_reported(rule: str, body: str, tmp_path: Path) -> None:
    assert found(body, rule, tmp_path)


@pytest.mark.parametrize(("rule", "body"), listed(FALSE_ALARMS))
def test_a_false_alarm_of_the_plugin_is_none_here(rule: str, body: str, tmp_path: Path) -> None:
    assert not found(body, rule, tmp_path)
