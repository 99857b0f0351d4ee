"""Where values of interest go."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from inngest_lint.frontends import lower
from inngest_lint.model.body import Body, Call
from inngest_lint.model.dataflow import Flow, Use, flows
from inngest_lint.model.loads import Source
from inngest_lint.text import Source as Text

_HEAD = """\
import functools
import inngest
from clock import now, later
from store import save

client = inngest.Inngest(app_id="app")


@client.create_function(fn_id="flow", trigger=inngest.TriggerEvent(event="app/flow"))
async def flow(ctx: inngest.Context):
"""


def _handler(code: str) -> Body:
    text = _HEAD + indent(dedent(code), "    ")
    return lower(Text("flow.py", text.encode())).functions[0].handler


def _is_clock(source: Source) -> bool:
    return isinstance(source, Call) and source.spelling in ("now", "later")


def _flows(code: str) -> list[Flow]:
    return list(flows(_handler(code), _is_clock))


def _uses(code: str) -> set[Use]:
    return {flow.use for flow in _flows(code)}


@pytest.mark.parametrize(
    ("code", "use"),
    [
        ("if now() > 3: pass", Use.TEST),
        ("at = now()\nwhile at < 3: pass", Use.TEST),
        ("for i in range(now()): pass", Use.TEST),
        ("await ctx.step.run(f'a-{now()}', save)", Use.STEP_ID),
        ("key = 'a-' + str(now())\nawait ctx.step.run(key, save)", Use.STEP_ID),
        ("at = now()\nawait ctx.step.run('a', save, at)", Use.STEP_INPUT),
        ("at = now()\nawait ctx.step.run('a', lambda: save(at))", Use.STEP_INPUT),
        ("at = now()\nawait ctx.step.run('a', lambda at=at: save(at))", Use.STEP_INPUT),
        ("at = now()\nawait ctx.step.run('a', functools.partial(save, at))", Use.STEP_INPUT),
        ("at = now()\ndef keep():\n    return save(at)\nawait ctx.step.run('a', keep)", Use.STEP_INPUT),
        ("await ctx.step.sleep_until('a', now())", Use.STEP_INPUT),
        ("return {'at': now().isoformat()}", Use.RESULT),
        ("return [now() for _ in range(3)]", Use.RESULT),
        ("one, two = now(), 2\nreturn one", Use.RESULT),
        ("many = []\nmany.append(now())\nreturn many", Use.RESULT),
        ("row = {}\nrow['at'] = now()\nreturn row", Use.RESULT),
        ("if ctx.attempt:\n    at = now()\nelse:\n    at = 0\nreturn at", Use.RESULT),
        ("at = 0\ntry:\n    at = now()\nexcept ValueError:\n    pass\nreturn at", Use.RESULT),
        ("def stamp():\n    return now()\nreturn stamp()", Use.RESULT),
        ("at = 0\nfor _ in range(3):\n    save(at)\n    at = now()", Use.ARGUMENT),
        ("raise ValueError(now())", Use.ERROR),
        ("client.at = now()", Use.STATE),
    ],
)
def test_a_value_is_followed_to_its_use(code: str, use: Use) -> None:
    assert use in _uses(code)


@pytest.mark.parametrize(
    "code",
    [
        "now()",
        "at = now()\nat = 3\nreturn at",
        "one, two = now(), 2\nreturn two",
        "at = 0\nif ctx.attempt:\n    at = now()\n    return None\nreturn at",
        "return await ctx.step.run('a', now)",
        "row = {'at': now(), 'id': 1}\nreturn row['id']",
        "row = {'id': 1}\nrow['at'] = now()\nif row['id']: pass",
        "row = {'at': now(), 'id': 1}\nawait ctx.step.run('a', lambda: save(row['id']))",
        "row = {'made': {'at': now()}, 'id': 1}\nmade = row['made']\nreturn made['by']",
    ],
)
def test_a_value_that_goes_nowhere_has_no_use(code: str) -> None:
    assert _uses(code) == set()


@pytest.mark.parametrize(
    "code",
    [
        "row = {'at': now(), 'id': 1}\nreturn row['at']",
        "row = {'at': now(), 'id': 1}\nreturn row",
        "row = {'made': {'at': now()}}\nmade = row['made']\nreturn made['at']",
        "row = {}\nrow['made'] = {'at': now()}\nreturn row['made']['at']",
        "row = {}\nrow['made'] = {'at': now()}\nreturn row[ctx.run_id]['at']",
        "rows = [{'at': now()}]\nreturn rows[0]['at']",
        "rows = [{'at': now()}]\nreturn [row['at'] for row in rows]",
        "row = {'at': now()}\nreturn row.items()",
        "row = {'made': []}\nrow['made'].append(now())\nreturn row['made']",
        "row = save(at=now())\nreturn row['at']",
        "row = [{'at': now()}, {'at': 1}][0]\nreturn row['at']",
    ],
)
def test_what_is_held_under_a_key_is_found_under_it(code: str) -> None:
    assert Use.RESULT in _uses(code)


def test_a_step_gives_what_was_recorded() -> None:
    assert _uses("at = await ctx.step.run('a', save, now())\nreturn at") == {Use.STEP_INPUT}


def test_the_length_of_a_list_is_not_what_is_in_it() -> None:
    assert Use.TEST not in _uses("rows = [{'at': now()}]\nfor row in rows:\n    save(row)")


def test_a_call_whose_result_is_dropped_is_there_for_its_arguments() -> None:
    handler = _handler("many = [1, 2]\nsave(many)\nreturn many")

    found = flows(handler, lambda source: isinstance(source, Call) and source.spelling == "save")

    assert [flow.use for flow in found] == [Use.RESULT]


def test_two_values_of_interest_are_set_against_each_other() -> None:
    first, second = _flows("start = now()\nsave(later() - start)")

    assert (first.source, first.other) == (second.other, second.source)


def test_a_value_and_a_constant_are_not_set_against_each_other() -> None:
    (found,) = _flows("save(now() - 3)")

    assert found.other is None


def test_a_function_that_calls_itself_is_run_once() -> None:
    code = """
        def count(left):
            return now() if left == 0 else count(left - 1)
        return count(3)
    """

    assert Use.RESULT in _uses(code)
