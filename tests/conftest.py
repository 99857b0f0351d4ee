"""What tests share: golden files, and the option that rewrites them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDENS = Path(__file__).parent / "fixtures" / "reports"

Golden = Callable[[str, str], str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden files with what the tests got")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """What a golden file holds; with `--update`, what the test got is written to it first."""

    def expected(name: str, got: str) -> str:
        path = GOLDENS / name
        if request.config.getoption("--update"):
            path.write_text(got, encoding="utf-8", newline="\n")
        return path.read_text(encoding="utf-8")

    return expected
