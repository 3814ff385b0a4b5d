"""The part of the back room for visits."""

from __future__ import annotations

SEEN = True
"""A real one registers its models; here it is enough that it was read."""
