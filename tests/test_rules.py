"""What holds for the rules as a whole, and for those that no page can run yet."""

from __future__ import annotations

from inngest_lint.effects import catalogue
from inngest_lint.frontends import lower
from inngest_lint.model.language import Language
from inngest_lint.project import Project
from inngest_lint.rule import ALL_LANGUAGES, Context, Preset, all_rules
from inngest_lint.rules.fetch_in_step import fetch_in_step
from inngest_lint.text import Source


def test_few_rules_are_for_one_language_only() -> None:
    restricted = [rule.name for rule in all_rules().values() if rule.languages != ALL_LANGUAGES]
    print("for one language:", ", ".join(restricted))  # noqa: T201 - the list is to be read

    assert len(restricted) * 4 <= len(all_rules())


def test_advice_is_not_in_the_default_set_but_for_what_the_user_asked_to_see() -> None:
    advice = {rule.name for rule in all_rules().values() if rule.severity.value == "info"}
    shown = {name for name in advice if all_rules()[name].preset is Preset.RECOMMENDED}

    assert shown == {"step-as-argument"}


REQUEST = """\
import httpx
import inngest

client = inngest.Inngest(app_id="app")


async def load() -> int:
    return httpx.get("https://shop.example").status_code


@client.create_function(fn_id="f", trigger=inngest.TriggerEvent(event="a/b"))
async def f(ctx: inngest.Context) -> None:
    await ctx.step.run("load", load)
"""


def test_a_request_in_a_step_is_one_that_a_step_could_make_where_the_sdk_has_one_for_it() -> None:
    module = lower(Source("app.py", REQUEST.encode()))
    project = Project([module], {Language.PYTHON: catalogue(Language.PYTHON)})
    (finding,) = fetch_in_step.check(module.functions[0], Context(project, Language.TYPESCRIPT))

    assert Source("app.py", REQUEST.encode()).slice(finding.span) == 'httpx.get("https://shop.example")'
