"""Loops: how often they go round, and over how much."""
