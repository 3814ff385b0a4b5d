"""The system's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import subprocess

from playwright._impl._driver import compute_driver_executable

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
    if os.environ.get("CI"):
        return None
    driver, _ = compute_driver_executable()
    if not chromium() or subprocess.run([driver, "--version"], capture_output=True).returncode:
        return "no Chromium, or no libatomic1 for Playwright: as root, script/setup --tests installs them"
    return None
