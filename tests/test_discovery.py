"""Discovery: the walk, what it leaves out, and how files are read."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from inngest_lint.files.discovery import GENERATED, SKIPPED, Discovered, discover
from inngest_lint.files.gitignore import Patterns
from inngest_lint.files.reading import OTHER_LANGUAGE, Irrelevant, Undecodable, Unreadable, read
from inngest_lint.frontends import SUFFIXES
from inngest_lint.text import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


@pytest.fixture(autouse=True)
def _inside_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text)


def found(
    *paths: str, excludes: Sequence[str] = (), includes: Sequence[str] = (), respect_gitignore: bool = True
) -> Discovered:
    return discover(
        paths or (".",),
        root=".",
        excludes=excludes,
        includes=includes,
        respect_gitignore=respect_gitignore,
        suffixes=tuple(SUFFIXES),
    )


def test_files_are_given_in_the_order_of_their_bytes() -> None:
    write({"b.py": "", "a/z.py": "", "a.py": "", "B.py": "", "é.py": "", "notes.txt": ""})

    assert found().files == ("B.py", "a.py", "a/z.py", "b.py", "é.py")


def test_a_file_outside_the_working_directory_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"here/a.py": "", "there/b.py": ""})
    monkeypatch.chdir("here")

    assert found(".", "../there").files == ((tmp_path / "there/b.py").as_posix(), "a.py")


def test_a_file_given_twice_is_found_once() -> None:
    write({"src/a.py": ""})

    assert found("src", "src/a.py", "./src/../src", ".").files == ("src/a.py",)


@pytest.mark.parametrize("name", [*sorted(SKIPPED), "shop.egg-info"])
def test_directories_without_source_of_ones_own_are_skipped(name: str) -> None:
    write({f"{name}/a.py": "", f"src/{name}/b.py": "", "c.py": ""})

    assert found().files == ("c.py",)


@pytest.mark.parametrize("ending", GENERATED)
def test_files_that_nobody_wrote_by_hand_are_skipped(ending: str) -> None:
    write({f"lib/a{ending}": "", "b.py": ""})

    assert found().files == ("b.py",)


def test_a_generated_file_that_is_given_or_brought_back_is_read() -> None:
    write({"a.min.js": "", "b.d.ts": "", "c.d.ts": ""})

    assert found("a.min.js", ".", excludes=["!b.d.ts"]).files == ("a.min.js", "b.d.ts")


@pytest.mark.parametrize("suffix", [".py", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"])
def test_files_of_every_language_are_found(suffix: str) -> None:
    write({f"a{suffix}": "", "b.vue": "", "ts": "", "c.py.txt": ""})

    assert found().files == (f"a{suffix}",)


def test_a_virtual_environment_is_known_by_its_file() -> None:
    write({"env/a.py": "", "tools/pyvenv.cfg": "", "tools/lib/b.py": ""})

    assert found().files == ("env/a.py",)


def test_a_skipped_directory_that_is_given_is_walked() -> None:
    write({"build/a.py": "", "tools/pyvenv.cfg": "", "tools/b.py": ""})

    assert found("build", "tools").files == ("build/a.py", "tools/b.py")


def test_what_does_not_exist_is_missing() -> None:
    write({"a.py": ""})

    assert found("b.py", "a.py/c", "nowhere").missing == ("b.py", "a.py/c", "nowhere")


def test_a_given_file_of_another_language_is_not_read() -> None:
    write({"notes.txt": ""})

    assert found("notes.txt").unreadable == (Unreadable("notes.txt", OTHER_LANGUAGE),)


@posix
def test_a_loop_of_links_ends() -> None:
    write({"a/b.py": ""})
    Path("a/again").symlink_to(Path.cwd() / "a")
    Path("a/above").symlink_to(Path.cwd())
    Path("a/self").symlink_to("self")

    assert found().files == ("a/b.py",)


@posix
def test_a_directory_behind_two_links_is_walked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write({"here/c.py": "", "there/sub/a.py": ""})
    monkeypatch.chdir("here")
    Path("one").symlink_to(tmp_path / "there")
    Path("two").symlink_to(tmp_path / "there")

    assert found().files == ("c.py", "one/sub/a.py")


@posix
def test_odd_names_are_names() -> None:
    names = [b"line\nbreak.py", b"not-utf-8-\xff.py", b"com,ma %20.py"]
    for name in names:
        Path(os.fsdecode(name)).write_text("")

    assert [os.fsencode(file) for file in found().files] == sorted(names)


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser reads everything")
def test_an_unreadable_directory_is_told_and_the_others_are_walked() -> None:
    write({"closed/a.py": "", "open/b.py": ""})
    Path("closed").chmod(0)

    result = found()
    Path("closed").chmod(0o700)

    assert (result.files, result.unreadable) == (("open/b.py",), (Unreadable("closed", "permission denied"),))


def test_a_gitignore_holds_for_what_lies_below_it() -> None:
    write(
        {"a/.gitignore": "*_pb2.py\n/top.py\n", "a/x_pb2.py": "", "a/b/y_pb2.py": "", "a/b/top.py": "", "z_pb2.py": ""}
    )

    assert found().files == ("a/b/top.py", "z_pb2.py")


def test_the_nearest_gitignore_with_something_to_say_wins() -> None:
    write({".gitignore": "made*.py\n", "a/.gitignore": "!made_here.py\n", "a/made_here.py": "", "a/made.py": ""})

    assert found().files == ("a/made_here.py",)


def test_what_lies_in_an_ignored_directory_is_not_brought_back() -> None:
    write({".gitignore": "gen/\n!gen/keep.py\n", "gen/keep.py": "", "gen/.gitignore": "!keep.py\n"})

    assert found().files == ()


def test_what_the_repository_above_ignores_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        {
            ".git/info/exclude": "local.py\n",
            ".gitignore": "src/gen.py\n",
            "src/gen.py": "",
            "src/local.py": "",
            "src/a.py": "",
        }
    )
    monkeypatch.chdir("src")

    assert found().files == ("a.py",)


def test_what_lies_above_the_repository_ignores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    write({".gitignore": "*\n", "repo/.git/HEAD": "", "repo/a.py": ""})
    monkeypatch.chdir("repo")

    assert found().files == ("a.py",)


def test_ignored_paths_that_are_given_are_read() -> None:
    write({".git/HEAD": "", ".gitignore": "gen/\nlocal.py\n", "gen/a.py": "", "local.py": ""})

    assert found("gen", "local.py").files == ("gen/a.py", "local.py")


def test_a_gitignore_is_not_read_where_it_is_not_respected() -> None:
    write({".gitignore": "*\n", "a.py": ""})

    assert found(respect_gitignore=False).files == ("a.py",)


@posix
def test_a_gitignore_that_is_no_file_is_passed_by() -> None:
    write({"a.py": ""})
    os.mkfifo(".gitignore")

    assert found().files == ("a.py",)


def test_excludes_are_patterns_as_in_a_gitignore() -> None:
    write({"tests/a.py": "", "src/tests/b.py": "", "src/x_pb2.py": "", "src/c.py": "", "docs/d.py": ""})

    assert found(excludes=["/tests", "*_pb2.py", "docs/**"]).files == ("src/c.py", "src/tests/b.py")


def test_an_exclude_brings_back_what_is_skipped_or_ignored() -> None:
    write({"build/a.py": "", "gen/b.py": "", ".gitignore": "gen/\n"})

    assert found(excludes=["!build/", "!gen/"]).files == ("build/a.py", "gen/b.py")


def test_an_excluded_path_that_is_given_is_read() -> None:
    write({"tests/data/a.py": "", "tests/b.py": ""})

    assert found("tests/data", "tests/b.py", excludes=["tests"]).files == ("tests/b.py", "tests/data/a.py")


def test_nothing_but_the_includes_is_read() -> None:
    write({"src/a.py": "", "src/b/c.py": "", "scripts/d.py": "", "e.py": ""})

    assert found(includes=["src/**"]).files == found(includes=["src"]).files == ("src/a.py", "src/b/c.py")


NAMES = ("a", "b", "ab", "a.py", "b.py", "ab.py", "[a]", "a b", "#a", "!b")
# What real .gitignore files are made of; on stranger ones the library and git differ here and there.
SEGMENTS = ("a", "b", "ab", "a*", "*.py", "?b.py", "[ab].py", "[!a]b", "*", "a?", "\\#a", "\\!b")


PLAIN = ("a", "b", "ab", "a.py", "ab.py")


def random_line(generator: random.Random) -> str:
    # What a pattern with `!` brings back by a wild name, the library brings back with all that lies below.
    negated = generator.random() < 0.3
    segments = "/".join(generator.choices(PLAIN if negated else SEGMENTS, k=generator.choice((1, 1, 1, 2))))
    return ("!" if negated else "") + generator.choice(("", "", "/", "**/")) + segments + generator.choice(("", "/"))


def random_patterns(generator: random.Random) -> list[str]:
    return [random_line(generator) for _ in range(generator.randint(1, 5))]


def ignored_by_git(paths: Sequence[str]) -> list[str]:
    given = "\0".join(paths).encode()
    command = ["git", "-c", "core.excludesFile=/dev/null", "check-ignore", "--no-index", "-z", "--stdin"]
    told = subprocess.run(command, input=given, capture_output=True, check=False)
    return sorted(filter(None, told.stdout.decode().split("\0")))


@posix
def test_patterns_pick_what_git_ignores() -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    generator = random.Random(7)  # noqa: S311 - the same patterns on each run
    paths = [f"d{top}/{inner}/{name}" for top in "ab" for inner in ("a", "ab") for name in NAMES] + ["x.py", "a.py"]
    write(dict.fromkeys(paths, ""))
    differences = []
    for _ in range(150):
        lines = random_patterns(generator)
        Path(".gitignore").write_text("\n".join(lines) + "\n")
        patterns = Patterns(lines)
        if sorted(filter(patterns.covers, paths)) != ignored_by_git(paths):
            differences.append(lines)

    assert differences == []


def test_a_file_that_mentions_inngest_is_read() -> None:
    write({"a.py": "import inngest\r\n"})

    assert read("a.py") == Source("a.py", b"import inngest\r\n")


def test_a_file_that_makes_a_function_with_a_client_of_the_project_is_read() -> None:
    write({"a.py": "from app import client\n@client.create_function()\n"})

    assert isinstance(read("a.py"), Source)


def test_so_is_one_of_typescript() -> None:
    write({"a.ts": 'import { client } from "./client";\nexport default client.createFunction();\n'})

    assert isinstance(read("a.ts"), Source)


def test_a_comment_declares_no_encoding_in_typescript() -> None:
    text = "# coding: latin-1\n// inngest é"
    Path("a.ts").write_text(text, "utf-8")

    assert read("a.ts") == Source("a.ts", text.encode())


def test_a_file_without_inngest_is_irrelevant() -> None:
    write({"a.py": "import os\n"})

    assert read("a.py") == Irrelevant("a.py")


@posix
@pytest.mark.parametrize("name", ["pipe.py", "directory.py", "dangling.py", "loop.py"])
def test_what_is_no_regular_file_is_not_waited_for(name: str) -> None:
    os.mkfifo("pipe.py")
    Path("directory.py").mkdir()
    Path("dangling.py").symlink_to("nowhere")
    Path("loop.py").symlink_to("loop.py")

    assert isinstance(read(name), Unreadable)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"# coding: latin-1\n'inngest \xe9'", "# coding: latin-1\n'inngest é'"),
        (b"\n# vim: set fileencoding=cp1252 :\n'inngest \x80'", "\n# vim: set fileencoding=cp1252 :\n'inngest €'"),
        (b"# coding: utf-8-unix\n'inngest \xc3\xa9'", "# coding: utf-8-unix\n'inngest é'"),
        (b"\xef\xbb\xbfimport inngest", "\ufeffimport inngest"),
        (b"import inngest\n# coding: latin-1\n'\xc3\xa9'", "import inngest\n# coding: latin-1\n'é'"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_declares(data: bytes, text: str) -> None:
    Path("a.py").write_bytes(data)

    result = read("a.py")

    assert (result.text.decode() if isinstance(result, Source) else None) == text


@pytest.mark.parametrize(
    ("data", "offset", "message"),
    [
        (b"import inngest\n\xff", 15, "the file is not valid utf-8"),
        (b"# coding: nonsense\nimport inngest", 10, "unknown encoding `nonsense`"),
        (b"# coding: hex\nimport inngest", 10, "unknown encoding `hex`"),
        (b"# coding: rot13\nimport inngest", 10, "unknown encoding `rot13`"),
        (b"# coding: undefined\nimport inngest", 0, "the file is not valid undefined"),
        (b"\xef\xbb\xbf# coding: latin-1\nimport inngest", 13, "`latin-1` is declared below a UTF-8 byte order mark"),
    ],
)
def test_bytes_that_are_no_text_are_told_with_their_place(data: bytes, offset: int, message: str) -> None:
    Path("a.py").write_bytes(data)

    assert read("a.py") == Undecodable("a.py", data, offset, message)
