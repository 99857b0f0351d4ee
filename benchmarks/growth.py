"""Growth: how much longer a run takes when one thing in a file becomes four times as many."""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from inngest_lint.linter import Request, lint

HEAD = """\
import time

import inngest

client = inngest.Inngest(app_id="benchmark")
"""
CREATED = '@client.create_function(fn_id="{name}", trigger=inngest.TriggerEvent(event="benchmark/{name}"))'
# What a worst case may take before it is said to be one, and the larger ones are left out.
PATIENCE = 60.0


class Silent:
    """A progress that shows nothing."""

    def begin(self, total: int) -> None:
        """Be told how many files there are."""

    def advance(self, file: str) -> None:
        """Be told that a file is done."""


def handler(name: str, *lines: str) -> str:
    """A function of Inngest with these lines."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"\n\n{CREATED.format(name=name)}\nasync def {name}(ctx: inngest.Context) -> None:\n{body}"


def helper(name: str, *lines: str) -> str:
    """A plain function with these lines."""
    return f"\n\ndef {name}() -> None:\n" + "".join(f"    {line}\n" for line in lines)


def functions(n: int) -> str:
    """Many small functions of Inngest."""
    return "".join(
        handler(f"f{i}", f'await ctx.step.run("s", f{i}_work)') + helper(f"f{i}_work", "x = 1") for i in range(n)
    )


def steps(n: int) -> str:
    """One handler with many steps."""
    return handler("f", *(f'r{i} = await ctx.step.run("s{i}", work, {i})' for i in range(n))) + helper("work", "x = 1")


def calls(n: int) -> str:
    """One handler with many calls of libraries, and of one name."""
    return handler("f", *(f"t{i} = time.time()" for i in range(n)), 'await ctx.step.run("s", work)') + helper(
        "work", "x = 1"
    )


def plain_functions(n: int) -> str:
    """Many small functions that one handler does not call."""
    return handler("f", 'await ctx.step.run("s", work)') + "".join(
        helper(f"h{i}", f"return sum(x for x in range({i}))") for i in range(n)
    )


def chain(n: int) -> str:
    """Helpers that each call the next one."""
    rest = "".join(helper(f"h{i}", f"h{i + 1}()") for i in range(n))
    return handler("f", "h0()", 'await ctx.step.run("s", h0)') + rest + helper(f"h{n}", "time.time()")


def fan(n: int) -> str:
    """Helpers that each call two of the next ones."""
    rest = "".join(helper(f"h{i}", f"h{i + 1}()", f"h{i + 2}()") for i in range(n))
    ends = helper(f"h{n}", "time.time()") + helper(f"h{n + 1}", "time.time()")
    return handler("f", "h0()", 'await ctx.step.run("s", h0)') + rest + ends


def circle(n: int) -> str:
    """Helpers that call each other in a circle, and back."""
    rest = "".join(helper(f"h{i}", f"h{(i + 1) % n}()", f"h{(i - 1) % n}()", f"h{i * 7 % n}()") for i in range(n))
    return handler("f", "h0()", 'await ctx.step.run("s", end)') + rest + helper("end", "time.time()")


def everyone(n: int) -> str:
    """Helpers of which twenty that follow are called by each, in circles, with a clock in each."""
    rest = "".join(helper(f"h{i}", "time.time()", *(f"h{(i + k) % n}()" for k in range(1, 21))) for i in range(n))
    return handler("f", "h0()", 'await ctx.step.run("s", h0)') + rest


def classes(n: int) -> str:
    """Classes whose methods a handler calls."""
    made = "".join(
        f"\n\nclass C{i}:\n    def __init__(self) -> None:\n        self.x = {i}\n\n"
        f"    def run(self) -> float:\n        return self.now() + self.x\n\n"
        f"    def now(self) -> float:\n        return time.time()\n"
        for i in range(n)
    )
    lines = (line for i in range(n) for line in (f"c{i} = C{i}()", f"c{i}.run()"))
    return handler("f", *lines, 'await ctx.step.run("s", work)') + made + helper("work", "x = 1")


def imports(n: int) -> str:
    """Many lines of imports, all used in a handler."""
    made = "".join(f"from package{i} import name{i}, other{i}\n" for i in range(n))
    return made + handler("f", *(f"name{i}.call(other{i})" for i in range(n)), 'await ctx.step.run("s", name0)')


def constants(n: int) -> str:
    """Many names at the top level, each made from the one before."""
    made = "C0 = 1\n" + "".join(f"C{i} = C{i - 1}\n" for i in range(1, n))
    return "\n\n" + made + handler("f", *(f"print(C{i})" for i in range(n)), 'await ctx.step.run("s", print)')


def names(n: int) -> str:
    """One name bound again and again to what was made from it."""
    lines = (f'x = await ctx.step.run("s{i}", work, x)' for i in range(n))
    return handler("f", "x = 0", *lines) + helper("work", "x = 1")


def branches(n: int) -> str:
    """Many branches and loops after one another."""
    lines = (
        line
        for i in range(n)
        for line in (f'if ctx.event.data["{i}"]:', f'    await ctx.step.run("s{i}", work)', "for x in y:", "    z(x)")
    )
    return handler("f", *lines) + helper("work", "x = 1")


def suppressions(n: int) -> str:
    """Many findings, each of them silenced."""
    lines = (f"t{i} = time.time()  # inngest-lint: ignore[nondeterminism-outside-step]" for i in range(n))
    return handler("f", *lines, 'await ctx.step.run("s", work)') + helper("work", "x = 1")


Case = Callable[[int], str]
CASES: Mapping[str, Case] = {
    case.__name__: case
    for case in (
        functions,
        steps,
        calls,
        plain_functions,
        chain,
        fan,
        circle,
        everyone,
        classes,
        imports,
        constants,
        names,
        branches,
        suppressions,
    )
}


def main() -> None:
    """Print, for each case, what each size takes and how many times as long the largest takes as one a fourth of it."""
    measure("case.py", {name: _headed(case) for name, case in CASES.items()})


def _headed(case: Case) -> Case:
    return lambda n: HEAD + case(n)


def measure(file: str, cases: Mapping[str, Case]) -> None:
    """Print the lines for some cases, each written to a file of this name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"some of {', '.join(cases)}")
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 400, 800, 1600])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, file)
        taken(path, next(iter(cases.values()))(10))  # what is imported and read once is no part of any growth
        for name in given.cases or cases:
            report(name, path, cases[name], given.sizes)


def report(name: str, file: Path, case: Case, sizes: Sequence[int]) -> None:
    """Print a line for a case."""
    times: dict[int, float] = {}
    for size in sizes:
        times[size] = taken(file, case(size))
        if times[size] > PATIENCE:
            break
    shown = "".join(f"{time_ * 1000:9.0f}" for time_ in times.values())
    ratios = [f"{times[size] / times[size // 4]:6.1f} x" for size in times if size // 4 in times]
    sys.stdout.write(f"{name:<18}{shown} ms  4n/n:{''.join(ratios)}\n")
    sys.stdout.flush()


def taken(file: Path, text: str) -> float:
    """The processor time of a run over a file with this text."""
    file.write_text(text, encoding="utf-8")
    gc.collect()
    start = time.process_time()
    report = lint(Request((str(file),), isolated=True), Silent())
    end = time.process_time()
    if report.failures:
        # What gave up early would look fast.
        sys.exit(str(report.failures[0].message))
    return end - start


if __name__ == "__main__":
    main()
