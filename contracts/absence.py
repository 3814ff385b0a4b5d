"""What is not there for somebody: because it does not exist, or because they may not know that it does."""

from __future__ import annotations


class NotThere(Exception):
    """Nothing of that name is there for this person. Pages and the API answer 404, and do not say why."""
