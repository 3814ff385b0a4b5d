"""What cannot be backed up or restored, in words."""

from __future__ import annotations


class BackupError(Exception):
    """A backup cannot be made, or is not to be restored; the message says why and what to do."""


class Damaged(BackupError):
    """A backup is not what was written: cut, changed, in another order, or for another key."""
