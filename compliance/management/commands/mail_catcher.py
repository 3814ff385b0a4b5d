"""A mail server for the demo that delivers nothing: each message becomes a file for the browser to show."""

from __future__ import annotations

import itertools
import os
import signal
import time
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class KeepAsFile:
    """Writes each message to `folder` as NANOSECONDS-NUMBER.eml; a reader never sees half a message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        name = f"{time.time_ns():020d}-{next(self.numbers):04d}"
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        recipients = ", ".join(str(recipient) for recipient in envelope.rcpt_tos)
        partial = self.folder / f"{name}.part"
        partial.write_bytes(f"X-Envelope-To: {recipients}\r\n".encode() + raw)
        partial.rename(self.folder / f"{name}.eml")
        return "250 Message accepted for the demo's mail page"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default=os.environ.get("MAIL_CATCHER_HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=settings.MAIL_CATCHER_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        settings.MAIL_CATCHER_DIR.mkdir(parents=True, exist_ok=True)
        catcher = Controller(
            KeepAsFile(settings.MAIL_CATCHER_DIR),
            hostname=options["host"],
            port=options["port"],
            data_size_limit=30 * 1024 * 1024,
        )
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            catcher.start()
        except OSError as error:
            raise CommandError(
                f"the mail catcher cannot listen on port {options['port']}: {error}"
            ) from error
        self.stdout.write(f"catching mail on {options['host']}:{options['port']}")
        self.stdout.flush()
        try:
            signal.pause()
        except KeyboardInterrupt:
            catcher.stop()
