"""Uploaded files: checked before anything is kept, and not kept where what they belong to is refused."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from unicodedata import category

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models.fields.files import FieldFile

from contracts.services.errors import Refused, one_line

LONGEST_NAME = 200
BACKED_UP = 0x44756C7A
"""The advisory lock that a backup holds: no file that its rows name is deleted before it is copied."""

PDF_BEGINS_WITHIN = 1024
"""Bytes before which readers of PDF look for its beginning."""

BROWSERS_ESCAPES = (("%22", '"'), ("%0D", " "), ("%0A", " "))
NOT_KEPT = (
    "The file could not be kept, so nothing was recorded. Try again later; if it happens again, tell whoever"
    " runs Duly that its disk may be full."
)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its name without folders, its bytes and their SHA-256."""

    name: str
    content: bytes
    sha256: str

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)


def check(
    file: UploadedFile[bytes] | None, field: str = "file", types: Collection[str] | None = None
) -> Checked:
    """Read an uploaded file. ``types`` are the endings allowed (".txt"), the settings' own unless given.

    Raises Refused on ``field`` for no file, an empty one, one over the limit, one of another type, or a PDF
    or Word file that is none inside. The limit is checked before the file is read.
    """
    allowed = types if types is not None else settings.ALLOWED_UPLOAD_SUFFIXES
    if file is None:
        raise Refused(field, "Choose a file.")
    name = readable(PurePath((file.name or "").replace("\\", "/")).name)
    if PurePath(name).suffix.lower() not in allowed:
        raise Refused(field, f"Choose a file of one of these types: {', '.join(sorted(allowed))}.")
    if file.size is not None and file.size > settings.MAX_UPLOAD_BYTES:
        raise _too_large(field)
    content = file.read(settings.MAX_UPLOAD_BYTES + 1)
    if len(content) > settings.MAX_UPLOAD_BYTES:
        raise _too_large(field)
    if not content:
        raise Refused(field, "The file is empty; choose another.")
    _is_what_it_is_called(name, content, field)
    return Checked(_shortened(name), content, hashlib.sha256(content).hexdigest())


@contextmanager
def stored(field: FieldFile, checked: Checked) -> Iterator[None]:
    """Keep the file, and take it away again where what follows fails. The row's transaction goes inside.

    On the disk it is called by chance: a name may tell what is kept to a distribution list. Raises Refused
    where the disk does not take it; no part of it is kept then.
    """
    name = secrets.token_hex(16) + PurePath(checked.name).suffix.lower()
    try:
        field.save(name, ContentFile(checked.content), save=False)
    except OSError as error:
        log.error("a file of %d bytes could not be kept in UPLOADS_DIR: %s", checked.size, error)
        raise Refused("", NOT_KEPT) from error
    try:
        yield
    except BaseException:
        field.storage.delete(field.name or "")
        raise


def readable(name: str) -> str:
    """A file's name on one line as people read it: without what shows nothing or controls a terminal.

    Browsers write a quotation mark and a line's end in a name as %22, %0D and %0A.
    """
    for escape, letter in BROWSERS_ESCAPES:
        name = name.replace(escape, letter)
    seen = "".join(" " if category(one) == "Cc" else one for one in one_line(name))
    return " ".join(seen.split())


def let_go(storage: Storage, name: str | None, *, wait: bool = False) -> bool:
    """Delete a file that no row names any more, or none will when this transaction is committed.

    Not while a backup is made, whose rows may name it still. Returns whether it was deleted: what was not is
    for a later sweep. ``wait``: until the backup is made, for what no sweep comes by.
    """
    if not name:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s), true", [BACKED_UP])
        else:
            cursor.execute("SELECT NULL, pg_try_advisory_xact_lock_shared(%s)", [BACKED_UP])
        _, free = cursor.fetchone()
        if free:
            storage.delete(name)
    return bool(free)


def _is_what_it_is_called(name: str, content: bytes, field: str) -> None:
    """Refuse what is named .pdf or .docx and does not begin as such a file does."""
    suffix = PurePath(name).suffix.lower()
    if suffix == ".pdf" and b"%PDF-" not in content[:PDF_BEGINS_WITHIN]:
        raise Refused(field, "This file is named .pdf but is no PDF; choose the PDF itself.")
    if suffix == ".docx" and not (content.startswith(b"PK\x03\x04") and b"word/" in content):
        raise Refused(
            field, "This file is named .docx but is no Word document; save it as .docx, not by renaming it."
        )


def _too_large(field: str) -> Refused:
    limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    return Refused(field, f"Choose a file of at most {limit} MB.")


def _shortened(name: str) -> str:
    path = PurePath(name)
    return path.stem[: LONGEST_NAME - len(path.suffix)] + path.suffix
