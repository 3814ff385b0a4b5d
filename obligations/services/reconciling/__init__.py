"""Reconciling: duties brought in line with facts, words and time, and what the ledger says of it."""
