"""A linter for Inngest durable functions."""

__version__ = "0.1.0"
