"""State: what outlives a step in the memory or on the disk of a process."""
