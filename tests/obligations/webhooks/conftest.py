"""Webhooks are tried at the true time, which certificates go by: not in ``tests/web``, where it is noon."""

from __future__ import annotations

from tests.web.conftest import browse as browse
