"""What is lowered of a function is what the SDK registers for it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import inngest
import pytest

from inngest_lint.frontends import lower
from inngest_lint.frontends.vocabulary import vocabulary
from inngest_lint.model.function import InngestFunction, Language
from inngest_lint.model.value import Constant, Duration, Items, Record, Value
from inngest_lint.text import Source

FILE = Path(__file__).parent / "fixtures" / "oracle" / "settings.py"
LOWERED = lower(Source("settings.py", FILE.read_bytes())).functions
Json = object

# The SDK writes its registration in the server's words, the model in its own.
_WIRE = {"maxSize": "max-size", "if": "condition", "expression": "condition"}


def oracle() -> ModuleType:
    spec = importlib.util.spec_from_file_location("oracle_settings", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def registered() -> dict[str, dict[str, Json]]:
    """What the SDK would tell the server about each function, by its id without the app's."""
    functions = [value for value in vars(oracle()).values() if isinstance(value, inngest.Function)]
    configs = [function.get_config("http://localhost").main.to_dict() for function in functions]
    return {str(config["id"]).removeprefix("oracle-"): config for config in configs if isinstance(config, dict)}


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
            return {entry.key: plain(entry.value) for entry in entries}
    raise AssertionError(value)


def milliseconds(duration: str) -> float:
    units = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
    return float(duration[:-1]) * units[duration[-1]]


def as_model(value: Json, key: str = "") -> Json:
    """A part of a registration in the model's words."""
    if isinstance(value, dict):
        return {_WIRE.get(name, name): as_model(item, name) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_model(item) for item in value]
    if isinstance(value, str) and key in ("period", "timeout", "start", "finish"):
        return milliseconds(value)
    return value


def identity(function: InngestFunction) -> str:
    assert function.id is not None
    return str(plain(function.id.value))


@pytest.mark.parametrize("function", LOWERED, ids=identity)
def test_triggers_are_those_the_sdk_registers(function: InngestFunction) -> None:
    expected = as_model(registered()[identity(function)]["triggers"])
    lowered = [
        {
            key: plain(value)
            for key, value in (("event", trigger.event), ("cron", trigger.cron), ("condition", trigger.condition))
            if value is not None
        }
        for trigger in function.triggers
    ]

    # The model has no use for the jitter of a schedule.
    assert lowered == [{k: v for k, v in t.items() if k != "jitter"} for t in expected if isinstance(t, dict)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("function", LOWERED, ids=identity)
def test_settings_are_those_the_sdk_registers(function: InngestFunction) -> None:
    config = registered()[identity(function)]
    wire = {"batch": "batchEvents", "rate-limit": "rateLimit"}
    lowered = {entry.key: plain(entry.value) for entry in function.settings.entries if entry.key != "retries"}

    assert lowered == {key: as_model(config[wire.get(key, key)]) for key in lowered}


def test_every_setting_that_the_sdk_has_is_in_the_vocabulary() -> None:
    keywords = set(inngest.Inngest.create_function.__kwdefaults__ or {}) | {"fn_id", "trigger"}
    words = vocabulary(Language.PYTHON)

    assert keywords - {*words.settings, words.id, words.triggers, words.on_failure} == set()


@pytest.mark.parametrize(
    "path", [path for path, known in vocabulary(Language.PYTHON).options.items() if known.accepts], ids=".".join
)
def test_every_configuration_class_accepts_what_the_sdk_says(path: tuple[str, ...]) -> None:
    model = getattr(inngest, path[-1])

    assert set(vocabulary(Language.PYTHON).options[path].accepts) == set(model.model_fields)


@pytest.mark.parametrize("path", [path for path in vocabulary(Language.PYTHON).steps if len(path) == 2], ids=".".join)
def test_every_step_method_exists_on_both_kinds_of_step(path: tuple[str, ...]) -> None:
    assert all(hasattr(kind, path[-1]) for kind in (inngest.Step, inngest.StepSync))


def test_every_step_method_of_the_sdk_is_in_the_vocabulary() -> None:
    methods = {name for name in vars(inngest.Step) if not name.startswith("_")}
    known = {path[1] for path in vocabulary(Language.PYTHON).steps}

    assert methods - known == set()
