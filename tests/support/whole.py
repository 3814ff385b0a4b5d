"""Whether tests in a browser run in full, as ``script/prove pages`` has them, or in their small form."""

from __future__ import annotations

import os

WHOLE = os.environ.get("PAGES") == "whole"
