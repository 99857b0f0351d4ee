"""What is lowered of a TypeScript function is what the npm SDK registers for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from inngest_lint.frontends import lower
from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.function import InngestFunction, Language, Trigger
from inngest_lint.model.value import Constant, Duration, Items, Record, Value
from inngest_lint.text import Source

FOLDER = Path(__file__).parent / "fixtures" / "oracle" / "typescript"
MAJORS = ("v2", "v3", "v4")
INVOKED = "inngest/function.invoked"
Json = object

# The SDK writes its registration in the server's words, the model in its own.
_WIRE = {
    "batchEvents": "batch",
    "rateLimit": "rate-limit",
    "maxSize": "max-size",
    "if": "condition",
    "expression": "condition",
}
_DURATIONS = ("period", "timeout", "start", "finish")
_UNITS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def recording(major: str) -> dict[str, Json]:
    """What the SDK of a major version was seen to do: `record.mjs` beside the modules writes it."""
    found = json.loads((FOLDER / f"{major}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def registered(major: str) -> dict[str, dict[str, Json]]:
    """What the SDK tells the server about each function, by its id without the app's."""
    configs = recording(major)["functions"]
    assert isinstance(configs, list)
    return {str(config["id"]).removeprefix("oracle-"): config for config in configs}


def lowered(major: str) -> tuple[InngestFunction, ...]:
    return lower(Source(f"{major}.ts", (FOLDER / f"{major}.ts").read_bytes())).functions


def plain(value: Value) -> Json:
    """A value of the model as the JSON the SDK would make of it."""
    match value:
        case Constant(value=constant):
            return constant
        case Duration(milliseconds=milliseconds):
            return milliseconds
        case Items(values=values):
            return [plain(item) for item in values]
        case Record(entries=entries):
            return matched({entry.key: plain(entry.value) for entry in entries})
    raise AssertionError(value)


def matched(record: dict[str, Json]) -> dict[str, Json]:
    """A record whose `match` is written out as the condition the SDK makes of it."""
    if "match" not in record:
        return record
    rest = {key: value for key, value in record.items() if key != "match"}
    return {**rest, "condition": f"event.{record['match']} == async.{record['match']}"}


def milliseconds(duration: str) -> float:
    return sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"([\d.]+)([smhdw])", duration))


def as_model(value: Json, key: str = "") -> Json:
    """A part of a registration in the model's words."""
    if isinstance(value, dict):
        return {_WIRE.get(name, name): as_model(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [as_model(item) for item in value]
    if isinstance(value, str) and key in _DURATIONS:
        return milliseconds(value)
    return value


def slug(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))


def identity(function: InngestFunction) -> str:
    """The id the function is registered under; version 2 makes one from the name."""
    name = function.setting("name")
    given = function.id.value if function.id is not None else name.value if name is not None else None
    assert given is not None, function.name
    return slug(str(plain(given)))


def triggers(function: InngestFunction) -> list[Json]:
    """The triggers of a function that are registered; that it may be invoked goes without saying."""
    return [fields for fields in map(_fields, function.triggers) if fields and fields.get("event") != INVOKED]


def _fields(trigger: Trigger) -> dict[str, Json]:
    parts = {"event": trigger.event, "cron": trigger.cron, "condition": trigger.condition}
    return {key: plain(value) for key, value in parts.items() if value is not None}


def registered_triggers(config: dict[str, Json]) -> list[Json]:
    """The triggers of a registration, without the jitter of a schedule: the model has no use for it."""
    expected = as_model(config["triggers"])
    assert isinstance(expected, list)
    return [{key: value for key, value in trigger.items() if key != "jitter"} for trigger in expected]


def settings(function: InngestFunction) -> dict[str, Json]:
    """The settings of a function that are registered; its description is not, its id is its name if it has none."""
    known = {entry.key: plain(entry.value) for entry in function.settings.entries if entry.key != "description"}
    if slug(str(known.get("name", ""))) == identity(function):
        del known["name"]
    return as_list(known)


def registered_settings(config: dict[str, Json], function_id: str) -> dict[str, Json]:
    found = {key: value for key, value in config.items() if key not in ("id", "triggers", "steps")}
    if slug(str(found["name"])) == function_id:
        del found["name"]
    steps = config["steps"]
    assert isinstance(steps, dict)
    retries = {"retries": steps["step"]["retries"]["attempts"]} if "retries" in steps["step"] else {}
    renamed = as_model({**found, **retries})
    assert isinstance(renamed, dict)
    return as_list(renamed)


def as_list(record: dict[str, Json]) -> dict[str, Json]:
    """A record whose concurrency is a list of records: `5` and `{limit: 5}` are short for that."""
    if "concurrency" not in record:
        return record
    concurrency = record["concurrency"]
    limits = concurrency if isinstance(concurrency, list) else [concurrency]
    return {**record, "concurrency": [limit if isinstance(limit, dict) else {"limit": limit} for limit in limits]}


EVERY_FUNCTION = [
    pytest.param(function, registered(major), id=f"{major}-{identity(function)}")
    for major in MAJORS
    for function in lowered(major)
]


@pytest.mark.parametrize("major", MAJORS)
def test_every_function_the_sdk_registers_is_lowered(major: str) -> None:
    expected = {name for name in registered(major) if not name.endswith("-failure")}

    assert {identity(function) for function in lowered(major)} == expected


@pytest.mark.parametrize(("function", "configs"), EVERY_FUNCTION)
def test_triggers_are_those_the_npm_sdk_registers(
    function: InngestFunction, configs: dict[str, dict[str, Json]]
) -> None:
    assert triggers(function) == registered_triggers(configs[identity(function)])


@pytest.mark.parametrize(("function", "configs"), EVERY_FUNCTION)
def test_settings_are_those_the_npm_sdk_registers(
    function: InngestFunction, configs: dict[str, dict[str, Json]]
) -> None:
    name = identity(function)

    assert settings(function) == registered_settings(configs[name], name)


@pytest.mark.parametrize(("function", "configs"), EVERY_FUNCTION)
def test_a_handler_of_failures_is_found_where_the_npm_sdk_registers_one(
    function: InngestFunction, configs: dict[str, dict[str, Json]]
) -> None:
    assert (function.on_failure is not None) == (f"{identity(function)}-failure" in configs)


@pytest.mark.parametrize("major", MAJORS)
def test_every_step_method_of_the_npm_sdk_is_in_the_vocabulary(major: str) -> None:
    known = {".".join(path[1:]) for path in vocabulary(Language.TYPESCRIPT).steps}
    methods = recording(major)["steps"]
    assert isinstance(methods, list)

    assert set(methods) - known == set()


@pytest.mark.parametrize("major", ["v3", "v4"])
def test_an_export_that_only_some_releases_have_is_in_those(major: str) -> None:
    replaced = vocabulary(Language.TYPESCRIPT).replaced.items()
    known = {path[1]: not each.is_unknown_to((int(major[1:]),)) for path, each in replaced if path[0] == "inngest"}
    exported = recording(major)["exported"]
    assert isinstance(exported, list)

    assert {name: name in exported for name in known} == known
