"""Where uploaded files are kept: whole or not at all, in folders that only Duly's own user may open."""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

PARTIAL = ".partial-"
"""How the name of a file begins that is being written. One that stays was left by a process that died."""

CLOSED = 0o700
OPEN = 0o077
log = logging.getLogger(__name__)


class ClosedFolder(FileSystemStorage):
    """Files in UPLOADS_DIR. A file is written beside its place, forced to the disk and then put there by one
    rename, so that a full disk, a kill or a power cut leaves no part of one under a name that counts.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        place = Path(self.path(name))
        _make_closed(place.parent, Path(self.location))
        handle, written = tempfile.mkstemp(prefix=PARTIAL, dir=place.parent)  # mode 600
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(written).replace(place)
        except BaseException:
            with suppress(OSError):
                Path(written).unlink()
            raise
        _to_disk(place.parent)
        return name.replace("\\", "/")


def _make_closed(folder: Path, root: Path) -> None:
    """The folder and those above it up to ``root``, closed to others, those of an earlier release too."""
    above = [one for one in (folder, *folder.parents) if one.is_relative_to(root)]
    root.parent.mkdir(parents=True, exist_ok=True)
    for one in reversed(above):
        one.mkdir(mode=CLOSED, exist_ok=True)
        if one.stat().st_mode & OPEN:
            _close(one)


def _close(folder: Path) -> None:
    try:
        folder.chmod(CLOSED)
    except PermissionError:
        log.warning("%s is open to other users of this machine and not Duly's to close: chmod 700", folder)


def _to_disk(folder: Path) -> None:
    """Force the names in a folder to the disk, as ``fsync`` of a file does not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
