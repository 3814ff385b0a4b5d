"""Claims for other programs, read-only."""
