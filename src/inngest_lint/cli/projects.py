"""The command lines of what is written about a whole project: graphs, manifests and baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypedDict

import click

from inngest_lint import graph as graphs
from inngest_lint.usage import Command, of_files, split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typing_extensions import Unpack


class _GraphCommand(Command):
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Files": ("exclude", "config", "isolated"),
        "Output": ("output_format", "output_file", "function", "color", "quiet"),
    }
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint graph", "all functions below this directory"),
        ("inngest-lint graph --function send-invoice", "one function"),
        ("inngest-lint graph --format svg --output flow.svg", "a picture"),
    )


class _ManifestCommand(Command):
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Files": ("exclude", "config", "isolated"),
        "Output": ("output_file", "quiet"),
    }
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint manifest --output inngest-manifest.json", "write it, to be committed"),
        ("inngest-lint check --against inngest-manifest.json", "find what is gone since"),
    )


class _BaselineCommand(Command):
    groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "Rules": ("select", "extend_select", "ignore"),
        "Files": ("exclude", "config", "isolated"),
        "Output": ("output_file", "quiet"),
    }
    examples: ClassVar[tuple[tuple[str, str], ...]] = (
        ("inngest-lint baseline", "accept everything that is found"),
        ("inngest-lint check --baseline inngest-lint-baseline.json", "find only what is added"),
    )


class _Graph(TypedDict):
    paths: tuple[str, ...]
    exclude: tuple[str, ...]
    config: str | None
    isolated: bool
    output_format: str
    output_file: str | None
    function: str | None
    color: str
    quiet: bool


@click.command(cls=_GraphCommand)
@of_files
@click.option(
    "--format",
    "output_format",
    type=click.Choice(graphs.FORMATS),
    default="tree",
    metavar="FORMAT",
    help=f"One of {', '.join(graphs.FORMATS)}.",
)
@click.option("--output", "output_file", metavar="FILE", type=click.Path(), help="Write the graph to a file.")
@click.option("--function", metavar="ID", help="Show one function; a picture shows its steps.")
@click.option(
    "--color",
    type=click.Choice(("auto", "always", "never")),
    default="auto",
    metavar="WHEN",
    help="Colour: auto, always or never.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only the graph and errors.")
def graph(**given: Unpack[_Graph]) -> int:
    """Show functions, their steps and the events between them.

    PATHS are files and directories; without any, the current directory.
    """
    from inngest_lint.linter import Request  # noqa: PLC0415 - the help does without
    from inngest_lint.overviews import Wanted, draw  # noqa: PLC0415 - as above

    paths, function = given["paths"] or (".",), given["function"]
    request = Request(paths, config=given["config"], isolated=given["isolated"], exclude=given["exclude"])
    return draw(request, Wanted(given["output_format"], given["output_file"], function, given["color"], given["quiet"]))


class _Manifest(TypedDict):
    paths: tuple[str, ...]
    exclude: tuple[str, ...]
    config: str | None
    isolated: bool
    output_file: str | None
    quiet: bool


@click.command(cls=_ManifestCommand)
@of_files
@click.option("--output", "output_file", metavar="FILE", type=click.Path(), help="Write the manifest to a file.")
@click.option("-q", "--quiet", is_flag=True, help="Only the manifest and errors.")
def manifest(**given: Unpack[_Manifest]) -> int:
    """Write down the ids of functions and steps.

    Runs in flight look their state up by them; `check --against` finds those that are gone.
    PATHS are files and directories; without any, the current directory.
    """
    from inngest_lint.linter import Request  # noqa: PLC0415 - the help does without
    from inngest_lint.overviews import write_manifest  # noqa: PLC0415 - as above

    paths = given["paths"] or (".",)
    request = Request(paths, config=given["config"], isolated=given["isolated"], exclude=given["exclude"])
    return write_manifest(request, given["output_file"], quiet=given["quiet"])


class _Baseline(TypedDict):
    paths: tuple[str, ...]
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    exclude: tuple[str, ...]
    config: str | None
    isolated: bool
    output_file: str | None
    quiet: bool


@click.command(cls=_BaselineCommand)
@of_files
@click.option("--select", multiple=True, metavar="RULES", callback=split, help="Accept only these.")
@click.option("--extend-select", multiple=True, metavar="RULES", callback=split, help="Accept these as well.")
@click.option("--ignore", multiple=True, metavar="RULES", callback=split, help="Do not accept these.")
@click.option("--output", "output_file", metavar="FILE", type=click.Path(), help="Write to this file.")
@click.option("-q", "--quiet", is_flag=True, help="Only errors.")
def baseline(**given: Unpack[_Baseline]) -> int:
    """Write down what is found, so that `check --baseline` finds only what is added.

    PATHS are files and directories; without any, the current directory.
    """
    from inngest_lint.adoption import write_baseline  # noqa: PLC0415 - the help does without
    from inngest_lint.linter import Request  # noqa: PLC0415 - as above

    request = Request(
        given["paths"] or (".",),
        config=given["config"],
        isolated=given["isolated"],
        select=given["select"],
        extend_select=given["extend_select"],
        ignore=given["ignore"],
        exclude=given["exclude"],
        everything=True,
    )
    return write_baseline(request, given["output_file"], quiet=given["quiet"])
