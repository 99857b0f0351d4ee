"""What becomes of the promise of a step."""

from __future__ import annotations

from textwrap import dedent, indent

from inngest_lint.frontends import lower
from inngest_lint.model.body import Body, Call, StepCall
from inngest_lint.model.language import Language
from inngest_lint.model.promises import Settled, all_settled, dropped, promises, settled, takers
from inngest_lint.model.walk import everywhere
from inngest_lint.text import Source

_HANDLER = """\
import asyncio
import inngest

client = inngest.Inngest(app_id="promises")


@client.create_function(fn_id="promises", trigger=inngest.TriggerEvent(event="promises"))
{head}
{body}
"""
_ASYNC = "async def handler(ctx: inngest.Context):"
_SYNC = "def handler(ctx: inngest.ContextSync):"


def _fate(body: str, head: str = _ASYNC) -> Settled:
    """The fate of the first step of a handler."""
    text = _HANDLER.format(head=head, body=indent(dedent(body), "    "))
    (function,) = lower(Source("handler.py", text.encode())).functions
    step = next(o for o in everywhere(function.handler.block) if isinstance(o, StepCall))
    return settled(step, function.handler)


def test_a_step_under_await_is_awaited() -> None:
    assert _fate('return await ctx.step.run("a", f)') is Settled.AWAITED


def test_a_step_that_stands_alone_is_dropped() -> None:
    assert _fate('ctx.step.run("a", f)') is Settled.DROPPED


def test_a_step_of_a_synchronous_handler_is_immediate() -> None:
    assert _fate('ctx.step.run("a", f)', _SYNC) is Settled.IMMEDIATE


def test_a_step_assigned_to_a_name_that_nothing_reads_is_dropped() -> None:
    assert _fate('x = ctx.step.run("a", f)') is Settled.DROPPED


def test_a_step_assigned_and_awaited_later_is_awaited() -> None:
    assert _fate('x = ctx.step.run("a", f)\ny = x\nawait y') is Settled.AWAITED


def test_a_step_assigned_and_returned_later_is_returned() -> None:
    assert _fate('x = ctx.step.run("a", f)\nreturn x') is Settled.RETURNED


def test_a_step_assigned_and_passed_on_is_collected() -> None:
    assert _fate('x = ctx.step.run("a", f)\nasyncio.create_task(x)') is Settled.COLLECTED


def test_a_step_passed_on_by_keyword_is_collected() -> None:
    assert _fate('track(promise=ctx.step.run("a", f))') is Settled.COLLECTED


def test_a_step_that_a_lambda_gives_is_returned() -> None:
    assert _fate('branch = lambda: ctx.step.run("a", f)') is Settled.RETURNED


def test_a_name_awaited_in_a_closure_is_awaited() -> None:
    body = """\
        x = ctx.step.run("a", f)
        async def later():
            await x
        await later()
    """

    assert _fate(body) is Settled.AWAITED


def test_both_sides_of_a_conditional_expression_are_awaited() -> None:
    assert _fate('await (ctx.step.run("a", f) if ready else ctx.step.run("b", f))') is Settled.AWAITED


def test_a_step_behind_a_short_circuit_is_dropped_like_any_other() -> None:
    assert _fate('ready and ctx.step.run("a", f)') is Settled.DROPPED


def test_a_list_of_steps_that_is_gathered_is_collected() -> None:
    assert _fate('xs = [ctx.step.run("a", f)]\nawait asyncio.gather(*xs)') is Settled.COLLECTED


def test_an_item_awaited_out_of_a_list_is_awaited() -> None:
    assert _fate('xs = [ctx.step.run("a", f)]\nawait xs[0]') is Settled.AWAITED


def test_a_list_of_steps_that_nothing_reads_is_dropped() -> None:
    assert _fate('xs = [ctx.step.run("a", f)]\nreturn None') is Settled.DROPPED


def test_a_step_in_a_dictionary_that_is_returned_is_returned() -> None:
    assert _fate('return {"a": ctx.step.run("a", f)}') is Settled.RETURNED


def test_steps_of_a_comprehension_that_is_gathered_are_collected() -> None:
    assert _fate('await asyncio.gather(*[ctx.step.run(f"{i}", f) for i in range(3)])') is Settled.COLLECTED


def test_steps_of_a_comprehension_that_nothing_reads_are_dropped() -> None:
    assert _fate('xs = [ctx.step.run(f"{i}", f) for i in range(3)]') is Settled.DROPPED


def test_a_step_appended_to_a_list_that_is_gone_through_is_collected() -> None:
    body = """\
        xs = []
        for i in range(3):
            xs.append(ctx.step.run(f"{i}", f))
        for x in xs:
            await x
    """

    assert _fate(body) is Settled.COLLECTED


def test_a_step_appended_to_a_list_that_nothing_reads_is_dropped() -> None:
    assert _fate('xs = []\nxs.append(ctx.step.run("a", f))') is Settled.DROPPED


def test_a_step_appended_to_a_list_of_the_caller_is_collected() -> None:
    assert _fate('self.xs.append(ctx.step.run("a", f))') is Settled.COLLECTED


def test_a_step_kept_in_an_attribute_is_collected() -> None:
    assert _fate('state.x = ctx.step.run("a", f)') is Settled.COLLECTED


def test_reading_an_item_of_a_promise_does_not_settle_it() -> None:
    assert _fate('x = ctx.step.run("a", f)\nsend(x["id"])') is Settled.DROPPED


def test_testing_a_promise_does_not_settle_it() -> None:
    assert _fate('x = ctx.step.run("a", f)\nif x:\n    send()') is Settled.DROPPED


def test_a_method_of_a_promise_goes_on_with_it() -> None:
    assert _fate('await ctx.step.run("a", f).then(g)') is Settled.AWAITED


def test_a_step_as_the_default_of_a_parameter_is_collected() -> None:
    assert _fate('x = ctx.step.run("a", f)\ng = lambda y=x: y') is Settled.COLLECTED


def test_a_step_that_is_yielded_is_collected() -> None:
    assert _fate('yield ctx.step.run("a", f)') is Settled.COLLECTED


def test_a_step_bound_by_an_assignment_expression_is_followed() -> None:
    assert _fate('if (x := ctx.step.run("a", f)):\n    await x') is Settled.AWAITED


def test_the_holders_are_the_names_a_promise_goes_through() -> None:
    text = _HANDLER.format(head=_ASYNC, body='    x = ctx.step.run("a", f)\n    ys = [x]')
    (function,) = lower(Source("handler.py", text.encode())).functions

    (promise,) = promises(function.handler, Language.PYTHON, lambda _: False)

    assert promise.holders == ("x", "ys")


def test_the_promises_of_closures_know_the_function_they_are_written_in() -> None:
    text = _HANDLER.format(
        head=_ASYNC, body='    async def later():\n        await ctx.step.run("a", f)\n    await later()'
    )
    (function,) = lower(Source("handler.py", text.encode())).functions

    assert [promise.function.name for promise in promises(function.handler, Language.PYTHON, lambda _: False)] == [
        "later"
    ]


def test_a_synchronous_function_holds_no_promises() -> None:
    text = _HANDLER.format(head="def handler(ctx: inngest.Context):", body='    ctx.step.run("a", f)')
    (function,) = lower(Source("handler.py", text.encode())).functions

    assert list(promises(function.handler, Language.PYTHON, lambda _: False)) == []


def test_any_call_can_be_asked_about() -> None:
    text = _HANDLER.format(head=_ASYNC, body="    save(1)")
    (function,) = lower(Source("handler.py", text.encode())).functions
    call = next(o for o in everywhere(function.handler.block) if isinstance(o, Call))

    assert settled(call, function.handler) is Settled.DROPPED


_TYPESCRIPT = """\
import {{ Inngest }} from "inngest";

const client = new Inngest({{ id: "promises" }});

export const promises = client.createFunction({{ id: "p", triggers: {{ event: "p" }} }}, async ({{ event, step }}) => {{
{body}
}});
"""


def _typescript(body: str) -> Body:
    """The handler of a TypeScript function."""
    (function,) = lower(Source("handler.ts", _TYPESCRIPT.format(body=body).encode())).functions
    return function.handler


def _fate_in_typescript(body: str) -> Settled:
    """The fate of the first step of a TypeScript handler."""
    handler = _typescript(body)
    step = next(o for o in everywhere(handler.block) if isinstance(o, StepCall))
    return settled(step, handler)


def _fate_of_list(body: str) -> Settled:
    """The fate of the list that the first call of `map` gives."""
    handler = _typescript(body)
    call = next(o for o in everywhere(handler.block) if isinstance(o, Call) and o.spelling.endswith(".map"))
    return all_settled(call, handler)


def test_a_chain_goes_on_with_the_promise() -> None:
    assert _fate_in_typescript('await step.run("a", f).then(g).catch(h).finally(i);') is Settled.AWAITED


def test_a_chain_that_stands_alone_is_dropped() -> None:
    assert _fate_in_typescript('step.run("a", f).then(g);') is Settled.DROPPED


def test_void_waits_for_nothing() -> None:
    assert _fate_in_typescript('void step.run("a", f);') is Settled.VOIDED


def test_a_chain_under_void_is_what_somebody_means() -> None:
    assert _fate_in_typescript('void step.sleep("a", "1h").then(g);') is Settled.COLLECTED


def test_the_promise_of_several_is_followed() -> None:
    assert (
        _fate_in_typescript('const a = step.run("a", f); const all = Promise.all([a]); await all;') is Settled.AWAITED
    )


def test_the_promise_of_several_may_be_dropped() -> None:
    assert _fate_in_typescript('const a = step.run("a", f); Promise.all([a]);') is Settled.DROPPED


def test_a_promise_that_is_yielded_is_collected() -> None:
    assert _fate_in_typescript('yield step.run("a", f);') is Settled.COLLECTED


def test_a_list_that_is_awaited_itself_is_not_waited_for() -> None:
    assert _fate_of_list("const done = await event.data.ids.map(f); return done.length;") is Settled.DROPPED


def test_a_list_of_which_only_the_length_is_read_is_dropped() -> None:
    assert _fate_of_list("const all = event.data.ids.map(f); save(all.length);") is Settled.DROPPED


def test_an_item_of_a_list_is_a_promise() -> None:
    assert _fate_of_list("const all = event.data.ids.map(f); await all[0];") is Settled.AWAITED


def test_a_copy_of_a_list_is_followed() -> None:
    assert _fate_of_list("const all = Array.from(event.data.ids.map(f)); await Promise.all(all);") is Settled.AWAITED


def test_a_list_that_is_handed_to_a_callback_item_by_item_is_collected() -> None:
    assert _fate_of_list("event.data.ids.map(f).forEach(async (item) => await item);") is Settled.COLLECTED


def test_the_calls_that_take_a_promise_among_others_are_known() -> None:
    handler = _typescript('const a = step.run("a", f); const b = g(); await Promise.race([a, b]);')
    step = next(o for o in everywhere(handler.block) if isinstance(o, StepCall))

    assert [call.spelling for call in takers(step, handler, listed=False)] == ["Promise.race"]


def test_nothing_is_said_of_a_function_that_was_read_only_in_part() -> None:
    text = _TYPESCRIPT.format(body='const a = step.run("a", f);\n  const b = (( ;')
    module = lower(Source("handler.ts", text.encode()))

    assert list(dropped(module, lambda _: False)) == []


def test_every_function_of_typescript_holds_promises() -> None:
    text = _TYPESCRIPT.format(body='step.run("a", f);').replace("async (", "(")
    module = lower(Source("handler.ts", text.encode()))

    assert [promise.fate for promise in dropped(module, lambda _: False)] == [Settled.DROPPED]
