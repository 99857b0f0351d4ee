"""Which files are tests is known by their names, and by nothing that only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from inngest_lint.model.testing import is_test

TESTS = (
    "src/orders.test.ts",
    "src/orders.spec.tsx",
    "src/orders-e2e.js",
    "src/__tests__/client.ts",
    "test_orders.py",
    "orders_test.py",
    "conftest.py",
    "tests/helpers/client.py",
    "e2e/client.ts",
    "vitest.setup.ts",
    "setupTests.js",
)
CODE = (
    "src/contest.ts",
    "src/latest.py",
    "src/testimonials/client.ts",
    "src/protest.test-results/client.ts",
    "attest.py",
    "testing.ts",
    "src/inngest/client.ts",
)


@pytest.mark.parametrize("file", TESTS)
def test_a_test_is_known_by_its_name_or_its_folder(file: str) -> None:
    assert is_test(file)


@pytest.mark.parametrize("file", CODE)
def test_code_whose_name_has_a_test_in_it_is_no_test(file: str) -> None:
    assert not is_test(file)


def test_the_folder_a_project_lies_in_makes_it_no_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "test" / "shop"
    project.mkdir(parents=True)
    monkeypatch.chdir(project)

    assert not is_test(str(project / "src" / "client.ts"))
