"""The registry: what a project hands to Inngest, and how much of it is known."""

from __future__ import annotations

import ast
from pathlib import Path

import inngest
import pytest

from inngest_lint.effects import catalogue
from inngest_lint.frontends import lower
from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.function import Language
from inngest_lint.project import Project
from inngest_lint.project.registry import Serve
from inngest_lint.text import Source

PYTHON = """
import inngest
import inngest.flask
from somewhere import others
client = inngest.Inngest(app_id="shop")
{created}
{before}
inngest.flask.serve(app, client, {functions})
"""
PYTHON_FUNCTION = """
@client.create_function(fn_id="{name}", trigger=inngest.TriggerEvent(event="a/b"))
def {name}(ctx: inngest.ContextSync) -> None: ...
"""
TYPESCRIPT = """
import {{ Inngest }} from "inngest";
import {{ serve }} from "inngest/next";
import {{ others }} from "./somewhere";
const client = new Inngest({{ id: "shop" }});
{created}
{before}
export default serve({{ client, functions: {functions} }});
"""
TYPESCRIPT_FUNCTION = (
    'const {name} = client.createFunction({{ id: "{name}" }}, {{ event: "a/b" }}, async () => {{}});\n'
)
NAMES = ("one", "two")
SDK = Path(inngest.__file__).parent


def project(files: dict[str, str]) -> Project:
    """A project of files."""
    modules = [lower(Source(file, text.encode())) for file, text in files.items()]
    return Project(modules, {language: catalogue(language) for language in Language})


def served(file: str, functions: str, before: str) -> Serve:
    """What a file with two functions registers."""
    is_python = file.endswith(".py")
    template, function = (PYTHON, PYTHON_FUNCTION) if is_python else (TYPESCRIPT, TYPESCRIPT_FUNCTION)
    created = "".join(function.format(name=name) for name in NAMES)
    (serve,) = project({file: template.format(created=created, before=before, functions=functions)}).registry.serves
    return serve


def names(serve: Serve) -> list[str]:
    """The names of what a call registers, and a question mark where there may be more."""
    return sorted(function.name for function in serve.functions) + ([] if serve.whole else ["?"])


@pytest.mark.parametrize(
    ("functions", "before", "expected"),
    [
        ("[]", "", []),
        ("[one]", "", ["one"]),
        ("[one] + [two]", "", ["one", "two"]),
        ("list((one, two))", "", ["one", "two"]),
        ("[*few, two]", "few = [one]", ["one", "two"]),
        ("few", "few = [one]\nfew.append(two)", ["one", "two"]),
        ("few", "few = [one]\nif two:\n    few.extend([two])", ["one", "two"]),
        ("few", "few = [one]\ndef add(more):\n    few.append(more)\nadd(two)", ["one", "?"]),
        ("list(few.values())", "few = {'one': one}\nfew['two'] = two", ["one", "two"]),
        ("few['one']", "few = {'one': [one], 'two': [two]}", ["one"]),
        ("few()", "def few():\n    return [one]", ["one"]),
        ("few(two)", "def few(more):\n    found = [one]\n    found.append(more)\n    return found", ["one", "two"]),
        ("[each for each in few]", "few = [one]", ["one"]),
        ("[one] if few else [two]", "few = True", ["one", "two"]),
        # What a library gives is none of the project's functions.
        ("others", "", []),
        ("[one, *others.load(two)]", "", ["one", "two"]),
        ("load(one)", "", ["?"]),
    ],
)
def test_a_list_in_python_holds_what_was_put_into_it(functions: str, before: str, expected: list[str]) -> None:
    assert names(served("app.py", functions, before)) == expected


@pytest.mark.parametrize(
    ("functions", "before", "expected"),
    [
        ("[]", "", []),
        ("[one]", "", ["one"]),
        ("[one].concat([two])", "", ["one", "two"]),
        ("[...few, two]", "const few = [one];", ["one", "two"]),
        ("few", "const few = [one];\nfew.push(two);", ["one", "two"]),
        ("few", "const few = [one];\nif (two) {\n  few.push(two);\n}", ["one", "two"]),
        ("few", "const few = [one];\nfunction add(more) {\n  few.push(more);\n}\nadd(two);", ["one", "?"]),
        ("Object.values(few)", "const few = { one };\nfew['two'] = two;", ["one", "two"]),
        ("few.one", "const few = { one: [one], two: [two] };", ["one"]),
        ("few()", "function few() {\n  return [one];\n}", ["one"]),
        ("few(two)", "const few = (more) => [one, more];", ["one", "two"]),
        ("few.map((each) => each.job)", "const few = [{ job: one }];", ["one"]),
        ("few ? [one] : [two]", "const few = true;", ["one", "two"]),
        ("[few && one].filter(Boolean)", "const few = true;", ["one"]),
        ("client.funcs", "", ["one", "two"]),
        ("others", "", ["?"]),
        ("load(one)", "", ["?"]),
    ],
)
def test_a_list_in_typescript_holds_what_was_put_into_it(functions: str, before: str, expected: list[str]) -> None:
    assert names(served("app.ts", functions, before)) == expected


@pytest.mark.parametrize(
    ("made", "imported", "used"),
    [
        ("client = inngest.Inngest(app_id='a')", "from app.client import client", "client"),
        ("client = inngest.Inngest(app_id='a')", "from app import client as there", "there.client"),
        ("def get():\n    return inngest.Inngest(app_id='a')\nclient = get()", "from app.client import get", "get()"),
        ("client = inngest.Inngest(app_id='a')", "from app.client import client\nother = client", "other"),
    ],
)
def test_a_client_is_the_same_by_whatever_way_it_is_come_by(made: str, imported: str, used: str) -> None:
    made = f"import inngest\n{made}\n" + PYTHON_FUNCTION.format(name="one")
    serving = f"import inngest.django\n{imported}\nview = inngest.django.serve({used}, [])\n"
    registry = project({"app/client.py": made, "app/views.py": serving}).registry

    assert [function.name for function, _ in registry.unregistered()] == ["one"]


def test_what_another_client_registers_says_nothing_of_a_function() -> None:
    text = PYTHON.format(created=PYTHON_FUNCTION.format(name="one"), before="", functions="[]")
    other = text.replace("serve(app, client", "serve(app, inngest.Inngest(app_id='b')")

    assert not list(project({"app.py": other}).registry.unregistered())


@pytest.mark.parametrize("path", vocabulary(Language.PYTHON).serves, ids=".".join)
def test_the_position_of_the_client_is_that_of_the_sdk(path: tuple[str, ...]) -> None:
    tree = ast.parse((SDK / f"{path[1]}.py").read_text(encoding="utf-8"))
    serve = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == path[2])
    given = [argument.arg for argument in serve.args.args]

    assert given.index("client") == vocabulary(Language.PYTHON).serves[path] == given.index("functions") - 1


def test_every_framework_that_the_sdk_serves_is_known() -> None:
    modules = [file for file in SDK.glob("*.py") if "\ndef serve(" in file.read_text(encoding="utf-8")]

    assert {("inngest", file.stem, "serve") for file in modules} == vocabulary(Language.PYTHON).serves.keys()
