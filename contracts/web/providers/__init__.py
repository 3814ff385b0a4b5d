"""Signing in by the provider of an organisation."""
