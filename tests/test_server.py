"""The language server: what an editor is told and offered, over a real process."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from editor import COMMAND, PATIENCE, Editor, codes, edited, editor
from lsprotocol import types

from inngest_lint import pages
from inngest_lint.server.settings import Wishes, wishes
from inngest_lint.toml import loads

pytestmark = pytest.mark.asyncio

ROOT = Path(__file__).parents[1]
HEAD = """import inngest

client = inngest.Inngest(app_id="shop")


async def ship() -> str:
    return "shipped"


"""
FUNCTION = """@client.create_function(fn_id="{name}", trigger=inngest.TriggerEvent(event="shop/order.paid"))
async def {name}(ctx: inngest.Context) -> str:
    {line}
    return "done"


"""
DROPPED = 'ctx.step.run("ship", ship)'
AWAITED = f"await {DROPPED}"
TYPESCRIPT = """import { Inngest } from "inngest";

const inngest = new Inngest({ id: "shop" });

export const fulfil = inngest.createFunction(
  { id: "fulfil", triggers: { event: "shop/order.paid" } },
  async ({ step }) => {
    step.run("ship", async () => "shipped");
  },
);
"""


def functions(**lines: str) -> str:
    return HEAD + "".join(FUNCTION.format(name=name, line=line) for name, line in lines.items())


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines()) if part in line)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with nothing wrong in it."""
    (tmp_path / "inngest-lint.toml").write_text('select = ["unawaited-step", "syntax-error", "nested-step"]\n')
    (tmp_path / "orders.py").write_text(functions(fulfil=AWAITED))
    return tmp_path


async def test_what_is_typed_is_linted_although_the_disk_says_otherwise(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py")
        await opened.shows(shop / "orders.py")
        opened.type(shop / "orders.py", functions(fulfil=DROPPED))

        [shown] = await opened.shows(shop / "orders.py", "unawaited-step")

    assert (shown.source, shown.severity, shown.range.start) == (
        *("inngest-lint", types.DiagnosticSeverity.Error),
        types.Position(11, 4),
    )
    assert shown.code_description == types.CodeDescription(pages.url("unawaited-step"))


async def test_typescript_is_linted_while_it_is_typed(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.ts", TYPESCRIPT)

        assert await opened.shows(shop / "orders.ts", "unawaited-step")


async def test_files_that_nobody_opened_are_linted_with_the_folder(shop: Path) -> None:
    (shop / "closed.py").write_text(functions(refund=DROPPED))

    async with editor(shop) as opened:
        assert await opened.shows(shop / "closed.py", "unawaited-step")


async def test_findings_of_closed_files_are_cleared_when_they_are_gone(shop: Path) -> None:
    closed = shop / "closed.py"
    closed.write_text(functions(refund=DROPPED))

    async with editor(shop) as opened:
        await opened.shows(closed, "unawaited-step")
        closed.unlink()
        opened.watched(closed)

        assert not await opened.shows(closed)


async def test_closing_a_file_goes_back_to_what_was_saved(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED))
        await opened.shows(shop / "orders.py", "unawaited-step")
        opened.close(shop / "orders.py")

        assert not await opened.shows(shop / "orders.py")


async def test_a_broken_statement_keeps_what_was_found_in_it_and_the_others_are_linted(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED, refund=DROPPED))
        await opened.shows(shop / "orders.py", "unawaited-step", "unawaited-step")
        opened.type(shop / "orders.py", functions(fulfil=f"x = (\n    {DROPPED}", refund=DROPPED))
        await opened.shows(shop / "orders.py", "syntax-error", "unawaited-step", "unawaited-step")
        opened.type(shop / "orders.py", functions(fulfil=f"x = (\n    {DROPPED}", refund=AWAITED))

        shown = await opened.shows(shop / "orders.py", "syntax-error", "unawaited-step")

    assert [each.range.start.line for each in shown if each.code == "unawaited-step"] == [12]


async def test_what_was_found_in_a_broken_statement_goes_once_it_is_mended(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED))
        await opened.shows(shop / "orders.py", "unawaited-step")
        opened.type(shop / "orders.py", functions(fulfil=f"x = (\n    {DROPPED}"))
        await opened.shows(shop / "orders.py", "syntax-error", "unawaited-step")
        opened.type(shop / "orders.py", functions(fulfil=AWAITED))

        assert not await opened.shows(shop / "orders.py")


async def test_a_place_in_another_file_is_related_information(shop: Path) -> None:
    (shop / "inngest-lint.toml").write_text('select = ["duplicate-function-id"]\n')
    for name in ("one", "two"):
        (shop / f"{name}.py").write_text(
            f"from orders import client\nimport inngest\n\n{FUNCTION}".format(name="refund", line=AWAITED)
        )
    text = HEAD + FUNCTION.format(name="a", line=AWAITED) + FUNCTION.format(name="a", line=AWAITED)
    (shop / "orders.py").write_text(text)

    async with editor(shop) as opened:
        await opened.shows(shop / "orders.py", "duplicate-function-id")
        [shown] = await opened.shows(shop / "two.py", "duplicate-function-id")

    assert [each.location.uri for each in shown.related_information or ()] == [(shop / "one.py").as_uri()]


async def test_the_fix_that_is_offered_first_makes_what_the_page_shows(shop: Path) -> None:
    text = functions(fulfil=DROPPED)

    async with editor(shop) as opened:
        opened.open(shop / "orders.py", text)
        first, *_ = await opened.actions(shop / "orders.py", line_of(text, "step.run"))

    assert (first.title, first.is_preferred, edited(text, first)) == ("Await the step", True, functions(fulfil=AWAITED))


async def test_an_unsafe_fix_says_so_and_is_not_preferred(shop: Path) -> None:
    text = f'{HEAD}async def place() -> None:\n    client.send(inngest.Event(name="shop/a"))\n'
    (shop / "inngest-lint.toml").write_text('select = ["unawaited-send"]\n')

    async with editor(shop) as opened:
        opened.open(shop / "orders.py", text)
        offered = await opened.actions(shop / "orders.py", line_of(text, "client.send"))

    assert ("Await the send (unsafe)", False) in [(each.title, each.is_preferred) for each in offered]


async def test_all_safe_fixes_of_a_file_are_one_action(shop: Path) -> None:
    text = functions(fulfil=DROPPED, refund=DROPPED)

    async with editor(shop) as opened:
        opened.open(shop / "orders.py", text)
        [action] = await opened.actions(shop / "orders.py", 0, "source.fixAll")

    assert (action.kind, edited(text, action)) == (
        *("source.fixAll.inngest-lint",),
        functions(fulfil=AWAITED, refund=AWAITED),
    )


async def test_the_comment_that_is_offered_silences_the_rule(shop: Path) -> None:
    text = functions(fulfil=DROPPED)

    async with editor(shop) as opened:
        opened.open(shop / "orders.py", text)
        offered = await opened.actions(shop / "orders.py", line_of(text, "step.run"), "quickfix")
        [silence] = [each for each in offered if each.title == "Ignore `unawaited-step` here"]
        opened.type(shop / "orders.py", edited(text, silence))

        assert not await opened.shows(shop / "orders.py")


async def test_a_pointer_over_a_finding_shows_the_page_of_its_rule(shop: Path) -> None:
    text = functions(fulfil=DROPPED)

    async with editor(shop) as opened:
        opened.open(shop / "orders.py", text)
        shown = await opened.hover(shop / "orders.py", line_of(text, "step.run"), 10)

    assert shown == (pages.read("unawaited-step") or "").strip()


async def test_a_pointer_elsewhere_shows_nothing(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED))

        assert await opened.hover(shop / "orders.py", 0, 0) is None


async def test_a_configuration_file_that_changes_is_read_again(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED))
        await opened.shows(shop / "orders.py", "unawaited-step")
        (shop / "inngest-lint.toml").write_text('select = ["nested-step"]\n')
        opened.watched(shop / "inngest-lint.toml")

        assert not await opened.shows(shop / "orders.py")


async def test_a_mistake_in_a_configuration_file_is_shown_on_its_line_until_it_is_mended(shop: Path) -> None:
    config = shop / "inngest-lint.toml"
    right = config.read_text()
    config.write_text('\nselect = ["nested-stepp"]\n')

    async with editor(shop) as opened:
        [shown] = await opened.shows(config, "None")
        config.write_text(right)
        opened.watched(config)
        cleared = await opened.shows(config)

    assert (shown.range.start.line, "nested-step" in shown.message, cleared) == (1, True, ())


async def test_settings_of_the_editor_change_the_rules(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED))
        await opened.shows(shop / "orders.py", "unawaited-step")
        opened.client.set_configuration({"ignore": ["unawaited-step"]}, section="inngest-lint")
        opened.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))

        assert not await opened.shows(shop / "orders.py")


@pytest.mark.parametrize(
    ("encoding", "column"),
    [
        (types.PositionEncodingKind.Utf8, 16),
        (types.PositionEncodingKind.Utf16, 14),
        (types.PositionEncodingKind.Utf32, 13),
    ],
)
async def test_columns_count_what_was_agreed_on(shop: Path, encoding: types.PositionEncodingKind, column: int) -> None:
    async with editor(shop, encodings=[encoding]) as opened:
        opened.open(shop / "orders.py", functions(fulfil=f'a = "😀"; {DROPPED}'))
        [shown] = await opened.shows(shop / "orders.py", "unawaited-step")

    assert (opened.initialized.capabilities.position_encoding, shown.range.start.character) == (encoding, column)


async def test_each_folder_has_its_own_configuration(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "inngest-lint.toml").write_text('select = ["nested-step"]\n')
    for folder in (shop, other):
        (folder / "orders.py").write_text(functions(fulfil=DROPPED))

    async with editor(shop, other) as opened:
        opened.open(other / "orders.py")
        await opened.shows(other / "orders.py")

        assert await opened.shows(shop / "orders.py", "unawaited-step")


async def test_a_folder_that_is_taken_away_takes_its_findings_along(shop: Path) -> None:
    (shop / "orders.py").write_text(functions(fulfil=DROPPED))

    async with editor(shop) as opened:
        await opened.shows(shop / "orders.py", "unawaited-step")
        removed = [types.WorkspaceFolder(shop.as_uri(), shop.name)]
        opened.client.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent([], removed))
        )

        assert not await opened.shows(shop / "orders.py")


async def test_a_file_outside_of_all_folders_is_linted_alone(shop: Path) -> None:
    (shop / "closed.py").write_text(functions(refund=DROPPED))

    async with editor() as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED))
        await opened.shows(shop / "orders.py", "unawaited-step")

        assert (shop / "closed.py").as_uri() not in opened.client.diagnostics


async def test_what_is_saved_counts_for_other_files(shop: Path) -> None:
    (shop / "inngest-lint.toml").write_text('select = ["duplicate-function-id"]\n')
    other = shop / "refunds.py"
    other.write_text(functions(refund=AWAITED))

    async with editor(shop) as opened:
        opened.open(shop / "orders.py")
        await opened.shows(shop / "orders.py")
        opened.save(shop / "orders.py", functions(fulfil=AWAITED, again=AWAITED).replace('"again"', '"fulfil"'))
        opened.type(shop / "orders.py", (shop / "orders.py").read_text())

        assert await opened.shows(shop / "orders.py", "duplicate-function-id")


async def test_only_the_last_of_many_keystrokes_counts(shop: Path) -> None:
    text = functions(fulfil=DROPPED)

    async with editor(shop) as opened:
        opened.open(shop / "orders.py", "")
        for length in range(len(HEAD), len(text)):
            opened.type(shop / "orders.py", text[:length])
        opened.type(shop / "orders.py", text)

        assert codes(await _after_all(opened, shop / "orders.py")) == ["unawaited-step"]


async def test_code_nested_deeper_than_can_be_read_ends_nothing(shop: Path) -> None:
    nested = "(" * 150 + "1" + ")" * 150

    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=f"x = {nested}; {DROPPED}"))
        await opened.shows(shop / "orders.py", "unawaited-step")
        opened.type(shop / "orders.py", functions(fulfil=f"x = {'(' * 2000}{')' * 2000}", refund=DROPPED))

        assert await opened.shows(shop / "orders.py", "syntax-error", "unawaited-step")


async def test_line_ends_that_editors_do_not_know_move_nothing(shop: Path) -> None:
    async with editor(shop) as opened:
        opened.open(shop / "orders.py", functions(fulfil=DROPPED))
        opened.type(shop / "orders.py", f"# \u2028 \x0c \x85\n{functions(fulfil=DROPPED)}")
        await opened.hover(shop / "orders.py", 0, 0)
        [shown] = opened.client.diagnostics[(shop / "orders.py").as_uri()]

    assert shown.range.start.line == 12


async def test_a_session_that_was_shut_down_ends_with_0(shop: Path) -> None:
    async with editor(shop) as opened:
        process = opened.client._server
        assert process is not None

    assert await asyncio.wait_for(process.wait(), PATIENCE) == 0


async def test_a_session_that_ends_without_a_shutdown_ends_with_1() -> None:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*COMMAND, stdin=pipe, stdout=pipe)
    body = b'{"jsonrpc":"2.0","method":"exit"}'
    await asyncio.wait_for(process.communicate(b"Content-Length: %d\r\n\r\n%b" % (len(body), body)), PATIENCE)

    assert process.returncode == 1


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (None, Wishes()),
        ({"inngest-lint": {"select": ["steps"], "extendSelect": "a, b"}}, Wishes(("steps",), ("a", "b"))),
        ({"ignore": ["nested-step", 1], "config": 3, "isolated": "yes"}, Wishes(ignore=("nested-step",))),
        ({"config": "lint.toml", "isolated": True}, Wishes(config="lint.toml", isolated=True)),
    ],
)
async def test_settings_of_another_type_than_they_should_be_are_left_out(given: object, taken: Wishes) -> None:
    assert wishes(given) == taken


@pytest.mark.parametrize("name", ["vscode", "neovim", "helix", "zed", "emacs", "jetbrains"])
async def test_every_editor_has_a_page_that_the_readme_leads_to(name: str) -> None:
    page = (ROOT / "editors" / f"{name}.md").read_text(encoding="utf-8")

    assert f"editors/{name}.md" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "server" in page
    for text in re.findall(r"^```json\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        json.loads(text)
    for text in re.findall(r"^```toml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        loads(text)


async def _after_all(opened: Editor, path: Path) -> list[types.Diagnostic]:
    # An answer about the file is given once it is linted as it stands.
    await opened.hover(path, 0, 0)
    return [*opened.client.diagnostics[path.as_uri()]]
