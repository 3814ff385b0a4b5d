"""Plans for other programs, read-only."""
