"""Vulnerabilities for other programs, read-only."""
