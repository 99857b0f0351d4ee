"""Waits: what they give, and what becomes of it."""
