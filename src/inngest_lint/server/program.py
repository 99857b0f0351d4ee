"""The program: what an editor may ask or tell, and who answers."""

from __future__ import annotations

import asyncio
import os
import sys

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from inngest_lint import __version__
from inngest_lint.frontends import SUFFIXES
from inngest_lint.server.actions import FIX_ALL
from inngest_lint.server.desk import Desk
from inngest_lint.server.page import hover
from inngest_lint.server.settings import SECTION, Wishes, wishes

_CONFIGURATION = ("inngest-lint.toml", ".inngest-lint.toml", "pyproject.toml", "package.json", "tsconfig.json")


class Server(LanguageServer):
    """The server of one editor; it has a desk once that has said what it opens."""

    desk: Desk
    initial: Wishes
    was_shut_down = False


# Documents are sent whole: pygls would cut their lines at form feeds, too, where editors do not.
_server = Server(SECTION, __version__, text_document_sync_kind=types.TextDocumentSyncKind.Full)


def run() -> int:
    """The exit code of a session over standard input and output."""
    # What is printed by mistake must not end up in the protocol.
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _server.start_io(sys.stdin.buffer, out)
    if hasattr(_server, "desk"):
        _server.desk.end()
    return 0 if _server.was_shut_down else 1


@_server.feature(types.INITIALIZE)
def _initialize(server: Server, params: types.InitializeParams) -> None:
    server.initial = wishes(params.initialization_options)
    server.desk = Desk(server, server.initial)
    folders = [folder.uri for folder in params.workspace_folders or ()]
    for uri in folders or [uri for uri in (params.root_uri,) if uri]:
        server.desk.add(uri)


@_server.feature(types.INITIALIZED)
async def _initialized(server: Server, _params: types.InitializedParams) -> None:
    server.desk.lint()
    await _watch(server)
    await _configure(server, None)


@_server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
async def _configuration_changed(server: Server, params: types.DidChangeConfigurationParams) -> None:
    await _configure(server, params.settings)


@_server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
def _files_changed(server: Server, _params: types.DidChangeWatchedFilesParams) -> None:
    server.desk.lint()


@_server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
def _folders_changed(server: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    for folder in params.event.removed:
        server.desk.remove(folder.uri)
    for folder in params.event.added:
        server.desk.add(folder.uri)
    server.desk.lint()


@_server.feature(types.TEXT_DOCUMENT_DID_OPEN)
def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    server.desk.touched(params.text_document.uri)


@_server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    server.desk.touched(params.text_document.uri)


@_server.feature(types.TEXT_DOCUMENT_DID_SAVE)
def _saved(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    server.desk.touched(params.text_document.uri)


@_server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.desk.closed(params.text_document.uri)


@_server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL])
)
async def _actions(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    offer = await server.desk.offer(params.text_document.uri)
    if offer is None:
        return []
    return await asyncio.get_running_loop().run_in_executor(server.desk.executor, offer.actions, params)


@_server.feature(types.TEXT_DOCUMENT_HOVER)
async def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    offer = await server.desk.offer(params.text_document.uri)
    return hover(offer.shown, offer.file, params.position, offer.unit) if offer is not None else None


@_server.feature(types.SHUTDOWN)
def _shut_down(server: Server, _params: None) -> None:
    server.was_shut_down = True
    server.desk.end()


async def _configure(server: Server, pushed: object) -> None:
    """Take what the editor's settings say: what it answers when asked, what it sent, or what it began with."""
    workspace = server.client_capabilities.workspace
    told = wishes(pushed)
    if workspace is not None and workspace.configuration:
        items = [types.ConfigurationItem(section=SECTION)]
        answer = await server.workspace_configuration_async(types.ConfigurationParams(items))
        told = wishes(answer[0]) if answer and answer[0] else told
    server.desk.configure(told if told != Wishes() else server.initial)


async def _watch(server: Server) -> None:
    """Ask to be told of files that change on the disk."""
    workspace = server.client_capabilities.workspace
    watched = workspace.did_change_watched_files if workspace is not None else None
    if watched is None or not watched.dynamic_registration:
        return
    suffixes = ",".join(suffix.removeprefix(".") for suffix in SUFFIXES)
    globs = (f"**/*.{{{suffixes}}}", *(f"**/{name}" for name in _CONFIGURATION))
    options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(glob) for glob in globs])
    registration = types.Registration("watched-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await server.client_register_capability_async(types.RegistrationParams([registration]))
