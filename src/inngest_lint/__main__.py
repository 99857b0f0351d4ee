"""The program: what `inngest-lint` and `python -m inngest_lint` start."""

from __future__ import annotations

import io
import os
import sys

from inngest_lint import __version__


def main() -> int:
    """The exit code of the command that the arguments ask for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _answer(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody reads on. What is still in the buffer must not fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def _answer(arguments: list[str]) -> int:
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"inngest-lint {__version__}\n")
        return 0
    from inngest_lint.cli import run  # noqa: PLC0415 - the version is told without waiting for the rest

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
