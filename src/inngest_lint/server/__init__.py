"""The language server: what an editor is told while somebody types, over standard input and output."""

from __future__ import annotations


def serve() -> int:
    """Serve an editor until it ends the session; 1 where it did so without asking for a shutdown first."""
    from inngest_lint.server.program import run  # noqa: PLC0415 - the other commands do without pygls

    return run()
