"""The manifest: the ids that runs in flight look their state up by, and what has become of them since."""
