"""An editor for the tests: a client of the language server, over a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types
from pytest_lsp import LanguageClient, make_test_lsp_client

COMMAND = (sys.executable, "-m", "inngest_lint", "server")
PATIENCE = 30.0


@dataclass
class Editor:
    """What somebody does in an editor, and sees there."""

    client: LanguageClient
    initialized: types.InitializeResult
    versions: dict[str, int] = field(default_factory=dict)

    def open(self, path: Path, text: str | None = None) -> None:
        """Open a file, as it is on the disk or with another text."""
        shown = path.read_bytes().decode() if text is None else text
        self.versions[path.as_uri()] = 1
        item = types.TextDocumentItem(path.as_uri(), types.LanguageKind.Python, 1, shown)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, path: Path, text: str) -> None:
        """Make something else of the whole text."""
        self.versions[path.as_uri()] += 1
        document = types.VersionedTextDocumentIdentifier(version=self.versions[path.as_uri()], uri=path.as_uri())
        change = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def save(self, path: Path, text: str) -> None:
        """Write a text to the disk."""
        path.write_text(text, encoding="utf-8")
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(_document(path)))

    def close(self, path: Path) -> None:
        """Close a file without saving it."""
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(_document(path)))

    def watched(self, path: Path) -> None:
        """Tell that a file on the disk has changed."""
        event = types.FileEvent(path.as_uri(), types.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    async def shows(self, path: Path, *rules: str) -> Sequence[types.Diagnostic]:
        """What is shown of a file once it is reported by exactly these rules, which it has to be in the end."""
        return await asyncio.wait_for(self._shows(path, sorted(rules)), PATIENCE)

    async def _shows(self, path: Path, rules: list[str]) -> Sequence[types.Diagnostic]:
        uri = path.as_uri()
        while uri not in self.client.diagnostics or rules != codes(self.client.diagnostics[uri]):
            await self.client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        return self.client.diagnostics[uri]

    async def actions(self, path: Path, line: int, *kinds: str) -> Sequence[types.CodeAction]:
        """What is offered on a line, counted from nought."""
        place = types.Range(types.Position(line, 0), types.Position(line, 200))
        context = types.CodeActionContext([], only=kinds or None)
        offered = await self.client.text_document_code_action_async(
            types.CodeActionParams(_document(path), place, context)
        )
        return [action for action in offered or () if isinstance(action, types.CodeAction)]

    async def hover(self, path: Path, line: int, column: int) -> str | None:
        """What is shown over a place."""
        shown = await self.client.text_document_hover_async(
            types.HoverParams(_document(path), types.Position(line, column))
        )
        return shown.contents.value if shown and isinstance(shown.contents, types.MarkupContent) else None


def codes(diagnostics: Sequence[types.Diagnostic]) -> list[str]:
    return sorted(str(each.code) for each in diagnostics)


def edited(text: str, action: types.CodeAction) -> str:
    """A text after an action, by the protocol's rules for columns in UTF-16 of ASCII lines."""
    assert action.edit
    assert action.edit.document_changes
    [change] = action.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    starts = [0, *(index + 1 for index, each in enumerate(text) if each == "\n")]
    edits = [each for each in change.edits if isinstance(each, types.TextEdit)]
    for edit in sorted(edits, key=lambda each: (each.range.start.line, each.range.start.character), reverse=True):
        start = starts[edit.range.start.line] + edit.range.start.character
        end = starts[edit.range.end.line] + edit.range.end.character
        text = text[:start] + edit.new_text + text[end:]
    return text


@asynccontextmanager
async def editor(
    *folders: Path, encodings: Sequence[types.PositionEncodingKind] | None = None, settings: object = None
) -> AsyncIterator[Editor]:
    """A session with folders open, which is ended as the protocol asks."""
    client = make_test_lsp_client()
    client.set_configuration(settings, section="inngest-lint")
    await client.start_io(*COMMAND)
    capabilities = types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings),
        workspace=types.WorkspaceClientCapabilities(
            configuration=True,
            workspace_folders=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
        ),
    )
    opened = [types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders]
    try:
        initialized = await client.initialize_session(
            types.InitializeParams(capabilities, workspace_folders=opened or None)
        )
        yield Editor(client, initialized)
        await client.shutdown_session()
    finally:
        if client._server is not None and client._server.returncode is None:
            client._server.kill()
        await client.stop()  # type: ignore[no-untyped-call]  # pytest-lsp leaves it without types


def _document(path: Path) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(path.as_uri())
