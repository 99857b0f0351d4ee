"""Writing: a file is replaced as a whole, or left as it is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from inngest_lint.files.writing import NotWrittenError, replace, rewrite
from inngest_lint.text import Source


def test_permissions_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"a")
    file.chmod(0o640)

    replace(str(file), b"b")

    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"b", 0o640)


def test_a_link_stays_one(tmp_path: Path) -> None:
    file, link = tmp_path / "a.py", tmp_path / "b.py"
    file.write_bytes(b"a")
    link.symlink_to(file)

    replace(str(link), b"b")

    assert link.is_symlink()
    assert file.read_bytes() == b"b"


def test_what_could_not_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()

    with pytest.raises(OSError, match=r"a\.py"):
        replace(str(tmp_path / "a.py"), b"b")
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


def test_a_file_that_was_changed_in_the_meantime_is_left(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(b"changed")

    with pytest.raises(NotWrittenError, match="it was changed in the meantime"):
        rewrite(Source(str(file), b"a"), Source(str(file), b"b"))
    assert file.read_bytes() == b"changed"


def test_a_file_that_is_gone_is_not_made_again(tmp_path: Path) -> None:
    file = tmp_path / "a.py"

    with pytest.raises(NotWrittenError):
        rewrite(Source(str(file), b"a"), Source(str(file), b"b"))
    assert not file.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
def test_the_encoding_is_kept(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = f"# coding: {declared}\nx = 'é'\n"
    file.write_bytes(text.encode(encoding))
    read = text.encode("utf-8-sig" if encoding == "utf-8-sig" else "utf-8")

    rewrite(Source(str(file), read), Source(str(file), read + "y = 'è'\n".encode()))

    assert file.read_bytes() == f"{text}y = 'è'\n".encode(encoding)
