"""What is asked of a whole project: clients, effects and versions, wherever they come from."""

from __future__ import annotations

import pytest

from inngest_lint.effects import Effect, catalogue
from inngest_lint.frontends import lower
from inngest_lint.model.body import Call
from inngest_lint.model.function import Language
from inngest_lint.model.walk import everywhere
from inngest_lint.project import Project
from inngest_lint.text import Source

CLIENT = 'import inngest\n\nclient = inngest.Inngest(app_id="app")\n'
ROUTE = "async def route() -> None:\n    await {client}.send(inngest.Event(name='a/b'))\n"


def project(files: dict[str, str]) -> Project:
    """A project of files."""
    modules = [lower(Source(file, text.encode())) for file, text in files.items()]
    return Project(modules, {Language.PYTHON: catalogue(Language.PYTHON)})


def sends(found: Project, file: str) -> list[str | None]:
    """The client methods that the functions of a file call."""
    calls = (o for body in found.module(file).bodies for o in everywhere(body.block) if isinstance(o, Call))
    return [method for method in map(found.client_method, calls) if method]


@pytest.mark.parametrize(
    "imported",
    [
        "from app.client import client",
        "from .client import client",
        "from app.client import client as events\n\nclient = events",
        "from . import client as holder\n\nclient = holder.client",
        "import app.client\n\nclient = app.client.client",
    ],
)
def test_a_client_is_known_through_an_import(imported: str) -> None:
    route = f"import inngest\n{imported}\n\n{ROUTE.format(client='client')}"
    found = project({"app/client.py": CLIENT, "app/routes.py": route})

    assert sends(found, "app/routes.py") == ["send"]


def test_a_client_is_known_through_a_re_export() -> None:
    route = "import inngest\nfrom app.jobs import inngest_client\n\n" + ROUTE.format(client="inngest_client")
    found = project(
        {
            "app/client.py": CLIENT,
            "app/jobs/__init__.py": "from ..client import client as inngest_client\n",
            "app/routes.py": route,
        }
    )

    assert sends(found, "app/routes.py") == ["send"]


def test_re_exports_in_a_circle_are_no_client() -> None:
    route = "import inngest\nfrom app.b import client\n\n" + ROUTE.format(client="client")
    found = project({"app/a.py": route, "app/b.py": "import inngest\nfrom app.a import client\n"})

    assert sends(found, "app/a.py") == []


def test_a_name_alone_makes_no_client() -> None:
    route = "import inngest\nfrom mail import inngest_client\n\n" + ROUTE.format(client="inngest_client")
    found = project({"app/routes.py": route})

    assert sends(found, "app/routes.py") == []


def test_a_method_of_the_same_name_on_another_library_creates_no_function() -> None:
    text = (
        "import boto3\nimport inngest\n\naws = boto3.client('lambda')\nmade = aws.create_function(**given)(handler)\n"
    )

    assert list(project({"app.py": text}).functions()) == []


def test_settings_may_be_unpacked_from_a_name() -> None:
    text = CLIENT + (
        'SETTINGS = {"fn_id": "spread", "retries": 2, "trigger": inngest.TriggerEvent(event="a/b")}\n\n\n'
        "@client.create_function(**SETTINGS)\nasync def spread(ctx: inngest.Context) -> None: ...\n"
    )
    (function,) = project({"app.py": text}).functions()

    assert function.setting("retries") is not None


HELPERS = """\
import time

import inngest

client = inngest.Inngest(app_id="app")


def outer() -> float:
    return inner()


def inner() -> float:
    return time.time() if outer else inner()


@client.create_function(fn_id="f", trigger=inngest.TriggerEvent(event="a/b"))
async def f(ctx: inngest.Context) -> None:
    outer()
    await ctx.step.run("work", outer)
"""


def test_an_effect_is_found_through_helpers_with_the_way_to_it() -> None:
    found = project({"app.py": HELPERS})
    (function,) = found.functions()
    (occurrence,) = found.effects(function.handler, Effect.CLOCK)

    assert [call.spelling for call in occurrence.path] == ["outer", "inner", "time.time"]


def test_what_a_step_runs_has_no_effect_outside_it() -> None:
    found = project({"app.py": HELPERS.replace("    outer()\n", "")})
    (function,) = found.functions()

    assert list(found.effects(function.handler, *Effect)) == []


@pytest.mark.parametrize("file", ["shop/app.py", "/elsewhere/shop/app.py"])
def test_a_relative_import_is_configured_by_its_absolute_name(file: str) -> None:
    text = HELPERS.replace("import time\n", "from .clock import time\n")
    marked = catalogue(Language.PYTHON).extended({"shop.clock.time": {"time": "clock"}})
    found = Project([lower(Source(file, text.encode()))], {Language.PYTHON: marked})
    (function,) = found.functions()

    assert [occurrence.effect for occurrence in found.effects(function.handler, *Effect)] == [Effect.CLOCK]


JOB = "import inngest\n\n\nasync def job(ctx: inngest.Context) -> None:\n    await ctx.step.sleep('a', 1)\n"


def test_a_function_that_takes_the_context_is_one_where_another_file_imports_it() -> None:
    found = project({"app/jobs.py": JOB, "app/functions.py": "import inngest\nfrom .jobs import job\n"})

    assert [function.name for function in found.functions()] == ["job"]


def test_a_function_that_takes_the_context_is_none_where_nothing_imports_it() -> None:
    assert list(project({"app/jobs.py": JOB}).functions()) == []


def test_a_helper_that_the_file_hands_the_context_is_no_function() -> None:
    text = CLIENT + (
        "\n\nasync def helper(ctx: inngest.Context) -> None:\n    await ctx.step.sleep('a', 1)\n\n\n"
        "@client.create_function(fn_id='f', trigger=inngest.TriggerEvent(event='a/b'))\n"
        "async def f(ctx: inngest.Context) -> None:\n    await helper(ctx)\n"
    )

    assert [function.name for function in project({"app.py": text}).functions()] == ["f"]
