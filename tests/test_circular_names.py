"""Names that are bound to each other in a circle lead nowhere, and not for ever."""

from __future__ import annotations

import pytest

from inngest_lint.frontends import lower
from inngest_lint.text import Source

FUNCTION = """\
import inngest

client = inngest.Inngest(app_id="app")
{top}


@client.create_function(fn_id="a", trigger=inngest.TriggerEvent(event="a/b"))
async def handler(ctx: inngest.Context) -> None:
    {inside}
"""


@pytest.mark.parametrize(
    "inside",
    [
        "call = call; call()",
        "one = two; two = one; one.go()",
        "async with session as session: await session.execute()",
        "await ctx.step.run('a', job); job = job",
        "jobs = [jobs]; await ctx.group.parallel(jobs)",
        "trigger = trigger; client.create_function(fn_id='b', trigger=trigger)(handler)",
    ],
)
def test_a_local_name_may_lead_back_to_itself(inside: str) -> None:
    text = FUNCTION.format(top="", inside=inside)

    assert "handler" in {function.name for function in lower(Source("app.py", text.encode())).functions}


@pytest.mark.parametrize(
    "inside", ["one()", "one.go()", "await ctx.step.run('a', one)", "await ctx.group.parallel(one)"]
)
def test_a_name_of_the_top_level_may_lead_back_to_itself(inside: str) -> None:
    text = FUNCTION.format(top="one = two\ntwo = one", inside=inside)

    assert "handler" in {function.name for function in lower(Source("app.py", text.encode())).functions}
