"""The front ends: each reads one language and lowers it to the model."""
