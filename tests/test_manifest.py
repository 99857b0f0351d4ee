"""The manifest: what is written of a project, and what a run that is held against it says and does not say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it comes without types
from pages import ROOT

from inngest_lint.cli import run
from inngest_lint.config import ConfigError
from inngest_lint.linter import Request, Stdin, lint
from inngest_lint.manifest.comparison import Fate, Gone, fates, gone
from inngest_lint.manifest.document import ManifestError, place, read, write
from inngest_lint.manifest.entries import Function, Manifest, Step, Steps, Trigger
from inngest_lint.model.body import StepKind
from inngest_lint.model.language import Language
from inngest_lint.progress import Bar
from inngest_lint.report import Report

SCHEMA = json.loads((ROOT / "tests" / "fixtures" / "manifest" / "schema.json").read_text(encoding="utf-8"))
MANIFEST = "inngest-manifest.json"

CLIENT = 'import inngest\n\nclient = inngest.Inngest(app_id="shop")\n'
ORDER = """\
{client}

@client.create_function(fn_id="order", trigger=inngest.TriggerEvent(event="shop/order.paid"))
async def order(ctx: inngest.Context) -> None:
{body}
"""
INVOICE = """\
import { Inngest } from "inngest";

const inngest = new Inngest({ id: "shop" });

export const invoice = inngest.createFunction({ id: "invoice", triggers: { cron: "0 8 * * *" } }, async ({ step }) => {
  await step.run("render", () => 1);
});
"""


@pytest.fixture(autouse=True)
def _in_a_directory_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("inngest-lint.toml").touch()


def order(*steps: str, client: str = CLIENT) -> str:
    """A function that takes some steps, as they are called."""
    return ORDER.format(client=client, body="\n".join(f"    await ctx.step.{step}" for step in steps))


def put(files: dict[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def written(*paths: str) -> list[dict[str, object]]:
    """The functions of the manifest of what is here, which is kept."""
    assert run(["manifest", "--quiet", "--output", MANIFEST, *paths]) == 0
    functions: list[dict[str, object]] = json.loads(Path(MANIFEST).read_text(encoding="utf-8"))["functions"]
    return functions


def held(*paths: str, against: str | None = MANIFEST, stdin: Stdin | None = None) -> Report:
    request = Request(paths, stdin, select=("removed-step-id",), against=against)
    return lint(request, Bar(visible=False))


def said(report: Report) -> list[str]:
    """What a report says, each with its file and line."""
    return [
        f"{d.span.file}:{report.sources[d.span.file].line_of(d.span.start) + 1}: {d.finding.message}"
        for d in report.diagnostics
    ]


# What is written


def test_a_manifest_names_the_functions_of_both_languages() -> None:
    put({"a.py": order('run("pack", f)'), "web/b.ts": INVOICE})

    assert written() == [
        {
            "app": "shop",
            "id": "invoice",
            "name": "invoice",
            "file": "web/b.ts",
            "language": "typescript",
            "triggers": [{"cron": "0 8 * * *"}],
            "steps": [{"kind": "run", "id": "render"}],
            "unknown_steps": 0,
        },
        {
            "app": "shop",
            "id": "order",
            "name": "order",
            "file": "a.py",
            "language": "python",
            "triggers": [{"event": "shop/order.paid"}],
            "steps": [{"kind": "run", "id": "pack"}],
            "unknown_steps": 0,
        },
    ]


@pytest.mark.parametrize("language", Language, ids=lambda language: language.value)
def test_the_manifest_of_the_examples_follows_its_schema(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["manifest", "--isolated", str(ROOT / "examples" / language.value)])
    document = json.loads(capsys.readouterr().out)

    Draft202012Validator(SCHEMA).validate(document)
    assert document["functions"]


def test_every_kind_of_step_is_in_the_schema() -> None:
    kinds = SCHEMA["$defs"]["steps"]["items"]["properties"]["kind"]["enum"]

    assert kinds == [kind.value for kind in StepKind]


def test_a_manifest_does_not_depend_on_the_order_of_paths() -> None:
    put({"a.py": order('run("pack", f)'), "b.ts": INVOICE})

    assert written("b.ts", "a.py") == written("a.py", "b.ts")


def test_a_step_that_is_written_twice_is_named_once() -> None:
    put({"a.py": order('run("pack", f)', 'run("ship", f)', 'run("pack", f)')})

    assert written()[0]["steps"] == [{"kind": "run", "id": "pack"}, {"kind": "run", "id": "ship"}]


def test_an_id_that_is_put_together_is_a_pattern() -> None:
    put({"a.py": order('run(f"pack-{ctx.event.data}-{1}", f)', 'sleep("a" + ctx.run_id, 1)')})

    assert written()[0]["steps"] == [
        {"kind": "run", "pattern": "pack-{…}-1"},
        {"kind": "sleep", "pattern": "a{…}"},
    ]


def test_steps_of_unknown_ids_are_counted() -> None:
    put({"a.py": order("run(ctx.run_id, f)", 'run("pack", f)', "run(name(), f)")})
    (function,) = written()

    assert (function["steps"], function["unknown_steps"]) == ([{"kind": "run", "id": "pack"}], 2)


def test_a_function_that_is_given_the_step_tools_and_is_out_of_sight_counts_as_an_unknown_step() -> None:
    put({"a.py": order('run("pack", f)').replace("ctx.step.run", "elsewhere(ctx.step); await ctx.step.run")})

    assert written()[0]["unknown_steps"] == 1


def test_ids_are_followed_through_helpers_with_what_those_are_given() -> None:
    helpers = """\


async def ship(ctx: inngest.Context, parcel: str, way: str = "air") -> None:
    await one(ctx, f"ship-{parcel}")
    await one(ctx, way)


async def one(ctx: inngest.Context, name: str) -> None:
    await ctx.step.run(name, f)
"""
    handler = order('run("pack", f)').replace("await ctx.step", 'await ship(ctx, "a")\n    await ctx.step')
    put({"a.py": handler + helpers})

    assert [step["id"] for step in written()[0]["steps"]] == ["ship-a", "air", "pack"]  # type: ignore[attr-defined]  # a list


def test_helpers_that_call_each_other_end() -> None:
    helpers = "\n\nasync def ship(step: inngest.Step, name: str) -> None:\n    await step.run(name, f)\n"
    circle = '    await ship(step, f"{name}-again")\n'
    handler = order('run("pack", f)').replace("await ctx.step", 'await ship(ctx.step, "a")\n    await ctx.step')
    put({"a.py": handler + helpers + circle})

    assert [step["id"] for step in written()[0]["steps"]] == ["a", "pack"]  # type: ignore[attr-defined]  # a list


def test_helpers_that_are_given_ever_more_ids_are_not_followed_for_ever() -> None:
    helper = "\n\nasync def way{0}(step: inngest.Step, name: str) -> None:\n"
    both = '    await way{1}(step, name + "a")\n    await way{1}(step, name + "b")\n'
    ways = "".join((helper + both).format(number, number + 1) for number in range(30))
    last = helper.format(30) + "    await step.run(name, f)\n"
    handler = order('run("pack", f)').replace("await ctx.step", 'await way0(ctx.step, "x")\n    await ctx.step')
    put({"a.py": handler + ways + last})
    (function,) = written()

    assert function["unknown_steps"] != 0


def test_a_local_function_takes_its_steps_where_it_is_called() -> None:
    steps = '  const ship = async (to: string) => step.run(`ship-${to}`, f);\n  await ship("a");\n  await ship("b");\n'
    put({"b.ts": INVOICE.replace("  await step", f"{steps}  await step")})

    assert [step.get("id") for step in written()[0]["steps"]] == ["ship-a", "ship-b", "render"]  # type: ignore[attr-defined]  # a list


def test_the_triggers_of_a_function_are_named() -> None:
    triggers = '[{ event: `${SHOP}/paid`, if: "event.data.ok" }, { event: other() }]'
    put({"b.ts": 'const SHOP = "shop";\n' + INVOICE.replace('{ cron: "0 8 * * *" }', triggers)})

    assert written()[0]["triggers"] == [{"event": "shop/paid", "if": "event.data.ok"}, {}]


def test_an_app_and_an_id_that_come_from_the_environment_are_not_known() -> None:
    client = 'import os\n\nimport inngest\n\nclient = inngest.Inngest(app_id=os.environ["APP"])\n'
    put({"a.py": order('run("pack", f)', client=client).replace('fn_id="order"', 'fn_id=os.environ["ID"]')})
    (function,) = written()

    assert (function["app"], function["id"], function["name"]) == (None, None, "order")


def test_an_app_is_known_through_an_import() -> None:
    put({"client.py": CLIENT, "a.py": order('run("pack", f)', client="import inngest\nfrom client import client\n")})

    assert written()[0]["app"] == "shop"


def test_paths_are_relative_to_the_manifest() -> None:
    put({"src/a.py": order('run("pack", f)'), "deploy/ids.json": ""})
    run(["manifest", "--output", "deploy/ids.json"])

    assert json.loads(Path("deploy/ids.json").read_text())["functions"][0]["file"] == "../src/a.py"


def test_a_manifest_that_is_read_and_written_again_is_the_same() -> None:
    put({"a.py": order('run("päck", f)', 'run(f"ship-{ctx.run_id}", f)'), "b.ts": INVOICE})
    written()
    manifest, source = read(MANIFEST)

    assert write(manifest, Path()) == source.text.decode()


def test_nothing_is_written_where_a_path_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    put({"a.py": order('run("pack", f)')})

    assert run(["manifest", "a.py", "gone.py", "--output", MANIFEST]) == 2
    assert (Path(MANIFEST).exists(), "gone.py" in capsys.readouterr().err) == (False, True)


def test_a_file_that_could_not_be_read_as_a_whole_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    put({"a.py": order('run("pack", f)') + "\n\ndef broken(:\n    pass\n"})

    assert run(["manifest"]) == 0
    assert "a.py: not read as a whole" in capsys.readouterr().err


def test_a_project_without_functions_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    put({"a.py": CLIENT})

    assert run(["manifest"]) == 0
    assert "there are no Inngest functions" in capsys.readouterr().err


# What is said of it


def test_nothing_is_said_of_what_has_not_changed() -> None:
    for language in Language:
        shutil.copytree(ROOT / "examples" / language.value, language.value)
    written()

    assert said(held(".")) == []


def test_nothing_is_said_without_a_manifest() -> None:
    put({"a.py": order('run("pack", f)')})

    assert said(held(".", against=None)) == []


def test_a_function_that_is_gone_is_told_in_the_manifest() -> None:
    put({"a.py": order('run("pack", f)'), "b.ts": INVOICE})
    written()
    Path("a.py").unlink()

    assert said(held(".")) == [f"{MANIFEST}:20: the function `order` is gone"]


def test_a_function_is_gone_although_no_function_is_left() -> None:
    put({"a.py": order('run("pack", f)')})
    written()
    Path("a.py").unlink()
    put({"b.py": "x = 1\n"})

    assert said(held(".")) == [f"{MANIFEST}:6: the function `order` is gone"]


def test_the_place_in_a_manifest_is_that_of_the_id() -> None:
    put({"a.py": order('run("päck", f)'), "b.ts": INVOICE})
    written()
    manifest, source = read(MANIFEST)

    places = [source.slice(place(source, number)) for number in range(len(manifest.functions))]

    assert places == ['"invoice"', '"order"']


def test_what_is_gone_can_be_ignored_in_the_manifest() -> None:
    put({"a.py": order('run("pack", f)')})
    written()
    Path("a.py").unlink()
    put({"inngest-lint.toml": f'[per-file-ignores]\n"{MANIFEST}" = ["removed-step-id"]\n'})

    assert said(lint(Request((".",), against=MANIFEST), Bar(visible=False))) == []


def test_a_run_over_other_files_misses_no_function() -> None:
    put({"a.py": order('run("pack", f)'), "b.ts": INVOICE})
    written()
    put({"a.py": CLIENT})

    assert said(held("a.py")) == []


def test_a_run_over_another_directory_misses_no_function() -> None:
    put({"a/a.py": order('run("pack", f)'), "b/b.ts": INVOICE})
    written()
    Path("a/a.py").unlink()

    assert (said(held("b")), len(said(held("a", "b")))) == ([], 1)


def test_a_run_over_one_file_looks_at_its_steps() -> None:
    put({"a.py": order('run("pack", f)'), "b.ts": INVOICE})
    written()
    put({"a.py": order('run("packs", f)')})

    assert said(held("a.py")) == ["a.py:8: the step `pack` was renamed to `packs`"]


def test_standard_input_is_held_against_a_manifest() -> None:
    put({"a.py": order('run("pack", f)')})
    written()

    report = held(stdin=Stdin("a.py", order('run("packs", f)').encode()))

    assert said(report) == ["a.py:8: the step `pack` was renamed to `packs`"]


def test_a_function_may_be_in_what_could_not_be_read_of_its_file() -> None:
    put({"a.py": order('run("pack", f)')})
    written()
    put({"a.py": CLIENT + "\n\ndef broken(:\n    pass\n"})

    assert {diagnostic.rule for diagnostic in held(".").diagnostics} == {"syntax-error"}


def test_a_function_of_a_file_that_is_left_out_may_be_there() -> None:
    put({"a/a.py": order('run("pack", f)'), "b.ts": INVOICE})
    written()
    put({"inngest-lint.toml": 'exclude = ["a/"]\n'})

    assert said(held(".")) == []


def test_a_function_whose_id_is_no_longer_known_may_be_any() -> None:
    put({"a.py": order('run("pack", f)')})
    written()
    put({"a.py": order('run("pack", f)').replace('fn_id="order"', "fn_id=name()")})

    assert said(held(".")) == []


def test_apps_of_unknown_ids_may_each_have_a_function_of_an_id() -> None:
    client = "import inngest\n\nclient = inngest.Inngest(app_id=app())\n"
    put({"a/a.py": order('run("a", f)', client=client), "b/b.py": order('run("b", f)', client=client)})
    written()

    assert said(held(".")) == []


def test_an_app_of_another_id_is_told_once_for_all_its_functions() -> None:
    both = INVOICE + INVOICE.replace("invoice", "reminder").partition("\n\n")[2].partition("\n\n")[2]
    put({"b.ts": both})
    written()
    put({"b.ts": both.replace('{ id: "shop" }', '{ id: "store" }')})

    assert said(held(".")) == ["b.ts:5: the functions `invoice` and 1 more were of the app `shop`, and are of `store`"]


def test_two_steps_that_one_call_leads_to_are_one_finding() -> None:
    helper = "\n\nasync def ship(ctx: inngest.Context) -> None:\n"
    steps = '    await ctx.step.run("{0}pack", f)\n    await ctx.step.run("{0}send", f)\n'
    handler = order('run("last", f)').replace("await ctx.step", "await ship(ctx)\n    await ctx.step")
    put({"a.py": handler + helper + steps.format("")})
    written()
    put({"a.py": handler + helper + steps.format("x-")})
    report = held(".")

    assert said(report) == ["a.py:8: the step `pack` was renamed to `x-pack`"]
    assert report.diagnostics[0].finding.notes[-1].message == "the step `send` was renamed to `x-send`"


def test_a_suppression_counts_at_the_place_of_the_finding() -> None:
    put({"a.py": order('run("pack", f)')})
    written()
    put({"a.py": order('run("packs", f)  # inngest-lint: ignore[removed-step-id] no run is in flight')})

    assert said(held(".")) == []


# Where the manifest comes from


def test_the_configuration_names_a_manifest_beside_it() -> None:
    put({"app/inngest-lint.toml": f'against = "{MANIFEST}"', "app/a.py": order('run("pack", f)')})
    written("app")
    Path(MANIFEST).rename(Path("app", MANIFEST))
    text = Path("app", MANIFEST).read_text().replace("app/a.py", "a.py")
    put({f"app/{MANIFEST}": text, "app/a.py": order('run("packs", f)')})

    assert said(held("app", against=None)) == ["app/a.py:8: the step `pack` was renamed to `packs`"]


def test_the_command_line_wins_over_the_configuration() -> None:
    put({"inngest-lint.toml": 'against = "gone.json"', "a.py": order('run("pack", f)')})
    written()

    assert said(held(".")) == []


def test_a_manifest_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    put({"a.py": CLIENT})

    assert run(["check", "--against", "gone.json"]) == 2
    assert capsys.readouterr().err == (
        "error: `--against` names `gone.json`, which does not exist; `inngest-lint manifest` writes it\n"
    )


def test_a_configured_manifest_that_is_not_there_is_told_and_can_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    put({"inngest-lint.toml": f'against = "{MANIFEST}"', "a.py": order('run("pack", f)')})

    assert (run(["check"]), run(["manifest", "--output", MANIFEST]), run(["check"])) == (2, 0, 0)
    assert f"inngest-lint.toml: `against` names `{MANIFEST}`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "ids.json: not valid JSON: line 1"),
        ("[]", "ids.json: `the manifest` is not an object"),
        ("{}", "ids.json: not a manifest of version 1, which `inngest-lint manifest` writes"),
        ('{"version": 2, "functions": []}', "ids.json: not a manifest of version 1"),
        ('{"version": 1, "functions": {}}', "ids.json: `functions` is not a list"),
        ('{"version": 1, "functions": [7]}', "ids.json: `functions[0]` is not an object"),
        ('{"version": 1, "functions": [{"id": 7}]}', "ids.json: `functions[0].id` is not a string"),
        (
            '{"version": 1, "functions": [{"language": "go"}]}',
            "ids.json: `functions[0].language` is none of python, typescript",
        ),
        ("[" * 100_000, "ids.json: not valid JSON"),
        ("\udce4", "ids.json: not valid JSON"),
    ],
)
def test_a_manifest_that_is_none_is_told(text: str, message: str) -> None:
    Path("ids.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    put({"a.py": CLIENT})

    with pytest.raises(ConfigError) as caught:
        held(".", against="ids.json")

    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "step", [{}, {"kind": "run"}, {"kind": "walk", "id": "a"}, {"kind": "run", "id": 1}, "run", None]
)
def test_a_step_that_is_none_is_told(step: object) -> None:
    function = {"name": "a", "file": "a.py", "language": "python", "triggers": [], "steps": [step], "unknown_steps": 0}
    Path("ids.json").write_text(json.dumps({"version": 1, "functions": [function]}))

    with pytest.raises(ManifestError, match=r"functions\[0\]\.steps\[0\]"):
        read("ids.json")


# What has become of what


def function(id_: str | None, *steps: str, app: str | None = "shop", name: str = "", file: str = "/a.py") -> Function:
    return Function(app, id_, name or id_ or "", file, Language.PYTHON, (Trigger("a/b"),), taken(*steps))


def taken(*steps: str, unknown: int = 0) -> Steps:
    return Steps(tuple(Step(StepKind.RUN, each, "{…}" in each) for each in steps), unknown)


def renamed(before: Steps, today: Steps) -> dict[str, str | None]:
    """The ids that are gone, and what they were renamed to."""
    return {each.before.id: each.instead.id if each.instead else None for each in gone(before, today)}


@pytest.mark.parametrize(
    ("before", "today", "expected"),
    [
        (taken("a", "b"), taken("b", "a", "c"), {}),
        (taken("pay", "mail", "end"), taken("pay", "notify", "end"), {"mail": "notify"}),
        (taken("pay", "mail", "end"), taken("pay", "end"), {"mail": None}),
        (taken("pay", "load-order"), taken("fetch", "load-orders", "x"), {"pay": None, "load-order": "load-orders"}),
        (taken("only"), taken("other"), {"only": "other"}),
        (taken("pay-{…}"), taken("pay-{…}", "x"), {}),
        (taken("pay-{…}"), taken("pay-1", "pay-2"), {}),
        (taken("pay-1"), taken("pay-{…}"), {}),
        (taken("x", "a.b"), taken("{…}-b"), {"x": None, "a.b": None}),
        (taken("pay", "mail"), taken("pay", unknown=1), {}),
        (taken("pay", "mail", unknown=1), taken("pay", unknown=1), {"mail": None}),
    ],
)
def test_steps_that_are_gone_are_found_with_what_stands_for_them(
    before: Steps, today: Steps, expected: dict[str, str | None]
) -> None:
    assert renamed(before, today) == expected


def test_a_new_step_stands_for_one_that_is_gone() -> None:
    assert list(renamed(taken("load-a", "load-b"), taken("load-c")).values()).count("load-c") == 1


def test_kinds_that_leave_the_same_may_take_each_others_place() -> None:
    before = Steps((Step(StepKind.SLEEP, "wait"), Step(StepKind.RUN, "ask")))
    today = Steps((Step(StepKind.SLEEP_UNTIL, "wait"), Step(StepKind.INVOKE, "ask")))

    assert list(gone(before, today)) == [Gone(before.known[1], today.known[1])]


@pytest.mark.parametrize(
    ("before", "today", "expected"),
    [
        (function("order"), function("order"), Fate(0, 0)),
        (function("order"), function("order", app=None), Fate(0, 0)),
        (function("order"), function("order", name="other", file="/b.py"), Fate(0, 0)),
        (function("order"), function("order", app="store"), Fate(0, 0, renamed=True)),
        (function("order", name="f"), function("pay", name="f"), Fate(0, 0, renamed=True)),
        (function("order", "a", "b"), function("pay", "a", "b"), Fate(0, 0, renamed=True)),
        (function("send-mail"), function("send-mails"), Fate(0, 0, renamed=True)),
        (function("order"), function("pay"), Fate(0, None)),
        (function("send-mail"), function("send-mails", app="store"), Fate(0, None)),
        (function("order", name="f"), function(None, name="f"), Fate(0, 0)),
        (function("order", name="f"), function(None, name="g"), None),
        (function(None, name="f"), function("order", name="g"), None),
    ],
)
def test_the_fate_of_a_function(before: Function, today: Function, expected: Fate | None) -> None:
    assert list(fates([before], [today])) == ([expected] if expected else [])


def test_a_function_is_found_in_its_own_file_first() -> None:
    before = [function("order", app=None, file=f"/{name}.py") for name in "abc"]

    assert [fate.today for fate in fates(before, before[::-1])] == [2, 1, 0]


def test_a_manifest_holds_nothing_but_its_functions() -> None:
    assert json.loads(write(Manifest(()), Path())) == {"version": 1, "functions": []}
