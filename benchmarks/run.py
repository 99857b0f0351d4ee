"""Benchmarks: whole runs of the program, side by side with an interpreter that does nothing."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINT = (sys.executable, "-m", "inngest_lint")

HANDLER = """\
import inngest

client = inngest.Inngest(app_id="benchmark")


@client.create_function(fn_id="f{number}", trigger=inngest.TriggerEvent(event="benchmark/{number}"))
async def handler_{number}(ctx: inngest.Context) -> str:
    return await ctx.step.run("work", work, {number})


async def work(number: int) -> str:
    return str(number)
"""
OTHER = """\
class Other{number}:
    def method(self, value: int) -> list[int]:
        return [value + each for each in range({number})]


"""


def main() -> None:
    """Print what each run takes, and how many times as long as the first one that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500, help="how many files the tree has (500)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each run is repeated (5)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        tree = Path(directory, "tree")
        plant(tree, given.files)
        report(measured(runs(tree), given.rounds))


def plant(tree: Path, files: int) -> None:
    """Write a tree in which one file of twenty has to do with Inngest."""
    for number in range(files):
        path = tree / f"package{number % 10}" / f"module{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(OTHER.format(number=each) for each in range(40))
        path.write_text(text + HANDLER.format(number=number) if number % 20 == 0 else text, encoding="utf-8")


def runs(tree: Path) -> Mapping[str, Sequence[str]]:
    """What is run, by what it is called."""
    check = (*LINT, "check", "--isolated", "--exit-zero", "--quiet")
    known = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "inngest-lint --version": (*LINT, "--version"),
        "inngest-lint --help": (*LINT, "--help"),
        "inngest-lint check, one file": (*check, str(ROOT / "examples" / "python" / "shop" / "orders.py")),
        "inngest-lint check, the examples": (*check, str(ROOT / "examples")),
        "inngest-lint check, the tree": (*check, str(tree)),
        "ruff check, the tree": ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--quiet", str(tree)),
        "flake8, the tree": ("flake8", "--isolated", "--exit-zero", "--quiet", "--quiet", str(tree)),
    }
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    found = {name: shutil.which(command[0], path=places) for name, command in known.items()}
    return {name: (program, *known[name][1:]) for name, program in found.items() if program}


def measured(commands: Mapping[str, Sequence[str]], rounds: int) -> Mapping[str, float]:
    """The shortest time of each command; the rounds take turns, so that a slow moment of the machine meets all."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times[name].append(time.perf_counter() - start)
    return {name: min(taken) for name, taken in times.items()}


def report(times: Mapping[str, float]) -> None:
    """Print the times and their ratios to the first."""
    first = next(iter(times.values()))
    for name, taken in times.items():
        sys.stdout.write(f"{name:<34}{taken * 1000:8.0f} ms{taken / first:8.1f} x\n")


if __name__ == "__main__":
    main()
