"""Files: which of them are linted, and how they are read."""
