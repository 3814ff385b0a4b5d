"""The system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Where the system's Chromium is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def why_not() -> str | None:
    """Why the browser tests cannot run here, or None. In CI they must run: there, nothing is a reason."""
    if chromium() or os.environ.get("CI"):
        return None
    return "there is no Chromium on this machine: script/setup --tests installs it as root"
