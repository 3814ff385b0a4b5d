"""Signing in by the provider of an organisation."""

METHOD = "provider"
"""How the record of the session calls this way of signing in; ``factor`` there: a second factor counts."""
