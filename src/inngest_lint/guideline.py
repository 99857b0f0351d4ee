"""Guidelines: what Inngest asks of those who write durable functions, and the rules are there for."""

from __future__ import annotations

from enum import Enum


class Guideline(Enum):
    """A guideline of Inngest's documentation; the value is its sentence."""

    DETERMINISM = "What differs from run to run, or leaves a trace, belongs in `step.run`."
    SELF_CONTAINED = "A step is a unit of its own: it shares no variable, no process memory and no file with others."
    NO_NESTING = "A step is never taken inside another one."
    STEP_STAYS = "The step tools are not passed on."
    SERIALIZATION = "What a step gives is stored as JSON."
    GRANULARITY = "A step does neither next to nothing nor too much."
    SIZE = "Results and payloads are small."
    PRIMITIVES = "Inngest's own steps take the place of raw requests, sleeps and busy waiting."
    RUN_OVER_INVOKE = "`step.run` is enough where a function of its own settings is not wanted."
    PARALLEL = "Steps that do not need each other run in parallel, by `Promise.all` or `group.parallel`."
    TYPES = "Events and results have types."
    RETRIES = "An error says whether a retry can help, and a failed step is heard of."
    ANSWERS = "Who is waited for answers failures too, and who waits handles them and the time-out."
    LOGGING = "Inngest's logger takes the place of the console."
    STEPS = "The work of a function is done in steps."
    CONCURRENCY = "A function that calls a limited service limits itself."
