"""Ids: which ones steps have, on every way through a function."""
