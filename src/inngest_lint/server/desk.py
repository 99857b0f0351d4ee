"""The desk: folders and open documents, when they are linted, and what the editor was told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import to_fs_path

from inngest_lint.config import ConfigError
from inngest_lint.files.reading import encoded
from inngest_lint.frontends import language_of
from inngest_lint.report import FailureKind, Report
from inngest_lint.reporters import lsp
from inngest_lint.server import shapes
from inngest_lint.server.actions import Changes, Offer
from inngest_lint.server.folder import Folder
from inngest_lint.server.runs import Runs, executor
from inngest_lint.server.settings import Wishes
from inngest_lint.server.shown import Shown
from inngest_lint.text import ColumnUnit, absolute, shown

if TYPE_CHECKING:
    from pygls.lsp.server import LanguageServer
    from pygls.workspace import TextDocument


@dataclass(frozen=True, slots=True)
class _Told:
    """What the editor was told of a file, and about which version of it where that is open."""

    version: int | None
    diagnostics: tuple[types.Diagnostic, ...]


class Desk:
    """What is on the desk of one editor."""

    def __init__(self, server: LanguageServer, wishes: Wishes) -> None:
        self.executor = executor()
        self._server = server
        self._wishes = wishes
        self._runs: list[Runs] = []
        self._told: dict[str, _Told] = {}
        self._mistaken: dict[str, frozenset[str]] = {}
        self._said: frozenset[str] = frozenset()

    @property
    def unit(self) -> ColumnUnit:
        """What columns count, as it was agreed on."""
        return shapes.unit_of(self._server.workspace.position_encoding)

    def add(self, uri: str) -> None:
        """Put a folder of the workspace on the desk."""
        directory = to_fs_path(uri)
        if directory is not None and uri.startswith("file:"):
            self._begin(Folder(directory, self._wishes))

    def remove(self, uri: str) -> None:
        """Take a folder away, and what was told of its files."""
        directory = to_fs_path(uri)
        for runs in [each for each in self._runs if each.folder.is_whole and each.folder.directory == directory]:
            self._end(runs)

    def lint(self) -> None:
        """Lint every folder as it is now."""
        for runs in self._runs:
            runs.want()

    def configure(self, wishes: Wishes) -> None:
        """Lint every folder with other wishes."""
        if wishes != self._wishes:
            self._wishes, self._said = wishes, frozenset()
            for runs in self._runs:
                runs.folder.configure(wishes)
        self.lint()

    def touched(self, uri: str) -> None:
        """Lint what a document belongs to, because it was opened, changed or saved."""
        path = _path(uri)
        if path is None:
            return
        if self._owner(path) is None:
            self._begin(Folder(str(Path(path).parent), self._wishes, file=path))
        for runs in self._runs:
            if runs.folder.holds(path):
                runs.want()

    def closed(self, uri: str) -> None:
        """Go back to what the disk holds of a file."""
        path = _path(uri)
        owner = self._owner(path) if path is not None else None
        if owner is not None and not owner.folder.is_whole:
            self._end(owner)
        elif owner is not None:
            self.touched(uri)

    def end(self) -> None:
        """Let go of everything."""
        for runs in self._runs:
            runs.end()
        self.executor.shutdown(wait=False, cancel_futures=True)

    async def offer(self, uri: str) -> Offer | None:
        """What is shown of an open document once it is linted as it stands; None where that cannot be told."""
        path = _path(uri)
        owner = self._owner(path) if path is not None else None
        if path is None or owner is None:
            return None
        await owner.settled()
        file = shown(path)
        found, document = owner.folder.shown.get(file), self._documents().get(path)
        if found is None or document is None or not _is_of(found, file, document):
            return None
        return Offer(file, found, self.unit, self._workspace_edit)

    def _begin(self, folder: Folder) -> None:
        # Both are told which folder is meant once there are runs to tell of.
        runs = Runs(
            folder,
            self.executor,
            texts=partial(self._texts, folder),
            taken=lambda report: self._publish(runs, report),
            failed=lambda error: self._explain(runs, error),
        )
        self._runs.append(runs)

    def _end(self, runs: Runs) -> None:
        runs.end()
        gone = [uri for uri in self._told if (path := to_fs_path(uri)) and self._owner(path) is runs]
        self._runs.remove(runs)
        for uri in (*gone, *self._mistaken.pop(runs.folder.directory, frozenset())):
            self._tell(uri, None, ())
            self._told.pop(uri, None)

    def _owner(self, path: str) -> Runs | None:
        """The runs that speak of a file: those over the innermost folder that holds it."""
        holding = (runs for runs in self._runs if runs.folder.holds(path))
        return max(holding, key=lambda runs: (runs.folder.is_whole, len(runs.folder.directory)), default=None)

    def _documents(self) -> Mapping[str, TextDocument]:
        """The documents that are open, by their paths."""
        documents = self._server.workspace.text_documents
        return {path: document for uri, document in documents.items() if (path := _path(uri)) is not None}

    def _texts(self, folder: Folder) -> Mapping[str, str]:
        held = {path: document for path, document in self._documents().items() if folder.holds(path)}
        return {shown(path): document.source for path, document in held.items()}

    def _publish(self, runs: Runs, report: Report) -> None:
        """Tell the editor what is shown of the files of a folder, and clear what is shown no more."""
        self._take_back(runs, frozenset())
        for failure in report.failures:
            # A file that was never saved is missing, and no failure.
            if failure.kind is not FailureKind.MISSING:
                self._log(f"{failure.file or runs.folder.directory}: {failure.message}\n{failure.details}".strip())
        told = dict(self._shown(runs))
        for uri in [*self._told]:
            path = to_fs_path(uri)
            if uri not in told and path is not None and self._owner(path) is runs:
                self._tell(uri, None, ())
        for uri, (version, diagnostics) in told.items():
            self._tell(uri, version, diagnostics)

    def _shown(self, runs: Runs) -> Iterator[tuple[str, tuple[int | None, tuple[types.Diagnostic, ...]]]]:
        documents, unit = self._documents(), self.unit
        for file, found in runs.folder.shown.items():
            path = absolute(file)
            document = documents.get(path)
            if self._owner(path) is runs:
                told = tuple(shapes.diagnostic(found.report, each, unit) for each in found.diagnostics)
                yield (document.uri, (document.version, told)) if document else (lsp.uri(file), (None, told))

    def _tell(self, uri: str, version: int | None, diagnostics: tuple[types.Diagnostic, ...]) -> None:
        told = _Told(version, diagnostics)
        # Of a closed file without findings nothing was shown, so there is nothing to clear.
        if told != self._told.get(uri, _Told(None, ())):
            self._told[uri] = told
            self._server.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, diagnostics, version=version)
            )

    def _explain(self, runs: Runs, error: Exception) -> None:
        """Tell what kept a run from being made; what was found before stays as it is."""
        if not isinstance(error, ConfigError):
            self._log(f"linting {runs.folder.directory} failed: {type(error).__name__}: {error}")
            return
        files: dict[str, list[types.Diagnostic]] = {}
        for mistake in error.mistakes:
            if mistake.path is not None:
                files.setdefault(lsp.uri(str(mistake.path)), []).append(shapes.mistake(mistake))
            elif mistake.message not in self._said:
                self._said |= {mistake.message}
                self._server.window_show_message(types.ShowMessageParams(types.MessageType.Error, mistake.message))
        self._take_back(runs, frozenset(files))
        for uri, diagnostics in files.items():
            self._tell(uri, None, tuple(diagnostics))

    def _take_back(self, runs: Runs, still: frozenset[str]) -> None:
        """Clear the configuration files in which something was wrong, but for those in which it `still` is."""
        for uri in self._mistaken.get(runs.folder.directory, frozenset()) - still:
            self._tell(uri, None, ())
        self._mistaken[runs.folder.directory] = still

    def _log(self, message: str) -> None:
        # At every keystroke the same would be said again.
        if message in self._said:
            return
        self._said |= {message}
        self._server.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def _workspace_edit(self, changes: Changes) -> types.WorkspaceEdit:
        """Edits as the editor understands them, bound to the versions they were made for where it can be told."""
        documents = self._documents()
        found = {file: documents.get(absolute(file)) for file in changes}
        uris = {file: document.uri if document else lsp.uri(file) for file, document in found.items()}
        workspace = self._server.client_capabilities.workspace
        if workspace is None or workspace.workspace_edit is None or not workspace.workspace_edit.document_changes:
            return types.WorkspaceEdit(changes={uris[file]: edits for file, edits in changes.items()})
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(
                        uri=uris[file], version=document.version if document else None
                    ),
                    changes[file],
                )
                for file, document in found.items()
            ]
        )


def _path(uri: str) -> str | None:
    """The path of a document that can be linted; None for one that is no file, or in another language."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return absolute(path) if path is not None and language_of(path) is not None else None


def _is_of(found: Shown, file: str, document: TextDocument) -> bool:
    source = found.report.sources.get(file)
    return source is not None and source.text == encoded(document.source)
