"""Choosing what counts for one contract: a reading of its words (R12), a figure of its document (R34)."""
