"""Timing: lengths of time, pauses that are no steps, and readings of the clock that end them."""
