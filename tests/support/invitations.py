"""The link in a mail, as whoever gets it opens it."""

from __future__ import annotations

import re
from typing import Any

KEY = re.compile(r"/join/([A-Za-z0-9_-]+)")


def key_in(mail: Any) -> str:
    """The key of the link in the text of a mail."""
    found = KEY.search(mail.body)
    assert found, mail.body
    return found[1]
