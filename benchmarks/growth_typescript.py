"""Growth in TypeScript: how much longer a run takes when one thing in a file becomes four times as many."""

from __future__ import annotations

from collections.abc import Mapping

from growth import Case, measure

HEAD = """\
import { Inngest } from "inngest";
import { load, save } from "./work";

const client = new Inngest({ id: "benchmark" });
"""


def handler(name: str, *lines: str) -> str:
    """A function of Inngest with these lines."""
    body = "".join(f"  {line}\n" for line in lines)
    options = f'{{ id: "{name}", triggers: {{ event: "benchmark/{name}" }} }}'
    return f"export const {name} = client.createFunction({options}, async ({{ event, step }}) => {{\n{body}}});\n"


def functions(n: int) -> str:
    """Many small functions of Inngest, each with a helper."""
    helpers = "".join(f"const work{i} = async () => load({i});\n" for i in range(n))
    return HEAD + helpers + "".join(handler(f"f{i}", f'await step.run("s", work{i});') for i in range(n))


def steps(n: int) -> str:
    """One handler with many steps."""
    return HEAD + handler("f", *(f'const r{i} = await step.run("s{i}", () => load({i}));' for i in range(n)))


def calls(n: int) -> str:
    """Many findings, each of them silenced."""
    lines = (f"const t{i} = Date.now(); // inngest-lint: ignore[nondeterminism-outside-step]" for i in range(n))
    return HEAD + handler("f", *lines, 'await step.run("s", save);')


def together(n: int) -> str:
    """Many steps started together."""
    listed = "".join(f'step.run("s{i}", () => load({i})), ' for i in range(n))
    return HEAD + handler("f", f"await Promise.all([{listed}]);")


def chain(n: int) -> str:
    """Helpers that call one another, one after the other, with the steps handed on."""
    helpers = "".join(f"async function h{i}(tools: any) {{ return h{i + 1}(tools); }}\n" for i in range(min(n, 300)))
    last = f'async function h{min(n, 300)}(tools: any) {{ await tools.run("last", save); }}\n'
    return HEAD + helpers + last + "// " + "x" * n + "\n" + handler("f", "await h0(step);")


def plain(n: int) -> str:
    """Functions that have nothing to do with Inngest."""
    return HEAD + "".join(f"export function p{i}(a: number) {{ return a + {i}; }}\n" for i in range(n))


def names(n: int) -> str:
    """Many variables, read again later."""
    bound = (f"const v{i} = event.data.v{i};" for i in range(n))
    return HEAD + handler("f", *bound, *(f"save(v{i});" for i in range(n)), 'await step.run("s", save);')


def operands(n: int) -> str:
    """One expression with many operands."""
    return HEAD + handler(
        "f", "const total = " + " + ".join(f"event.data.v{i}" for i in range(n)) + ";", "save(total);"
    )


CASES: Mapping[str, Case] = {
    case.__name__: case for case in (functions, steps, calls, together, chain, plain, names, operands)
}


if __name__ == "__main__":
    measure("case.ts", CASES)
