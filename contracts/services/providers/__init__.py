"""Signing in by an organisation's own provider: its settings, asking it, and whom its answer is about."""
