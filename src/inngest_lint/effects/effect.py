"""The kinds of effect, and how messages speak of them."""

from __future__ import annotations

from enum import Enum


class Effect(Enum):
    """What a call does that doing it twice would show; the value is its name in tables and configuration."""

    phrase: str
    """What the effect is on, as messages put it."""

    CLOCK = "clock", "the clock"
    RANDOM = "random", "a random number"
    IDENTITY = "identity", "a fresh id"
    NETWORK = "network", "the network"
    DATABASE = "database", "the database"
    FILESYSTEM = "filesystem", "the file system"
    PROCESS = "process", "another process"
    ENVIRONMENT = "environment", "the environment"
    SLEEP = "sleep", "a sleep"
    THREAD = "thread", "a thread"
    LOG = "log", "a logger"
    PRINT = "print", "the console"
    LLM = "llm", "a language model"
    MAIL = "mail", "a mail service"
    PAYMENT = "payment", "a payment service"
    MESSAGE = "message", "a messaging service"
    QUEUE = "queue", "a queue"
    STORAGE = "storage", "object storage"
    CLOUD = "cloud", "a cloud service"
    INPUT = "input", "the keyboard"
    SEND = "send", "an Inngest event"
    PURE = "pure", "nothing"
    STEP_RUN = "step-run", "a step"

    def __new__(cls, value: str, phrase: str) -> Effect:  # noqa: PYI034  `Self` is not in Python 3.10
        """The member with this name in tables."""
        member = object.__new__(cls)
        member._value_ = value
        member.phrase = phrase
        return member
