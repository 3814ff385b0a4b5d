"""Figures for a machine that watches, in Prometheus's form at /metrics: for who has METRICS_TOKEN only.

How long pages take is kept by each web process in files of its own and added up when asked; the rest is read
from the database and the queue at that moment, so any web answers for all.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from compliance.queue_figures import queue_figures
from contracts.row_security import asking
from obligations.services.notices.figures import mail_figures

PAGE_SECONDS = Histogram(
    "duly_page_seconds",
    "How long pages took, by the name of the page and the kind of answer.",
    ["page", "status"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)


class State(Collector):
    """What is true of the database and the queue at `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from self.of_mail()
        yield from self.of_queue()

    def of_mail(self) -> Iterator[GaugeMetricFamily]:
        found = mail_figures(self.now)
        yield gauge("notices_waiting", "Notices that ought to have been sent by now.", found.waiting)
        yield gauge(
            "oldest_unsent_notice_seconds",
            "How long the oldest of them has waited.",
            found.oldest.total_seconds(),
        )
        yield gauge("notices_failing", "Of these, those that were tried in vain.", found.failing)
        yield gauge("notices_given_up", "Notices given up in the last seven days.", found.given_up)

    def of_queue(self) -> Iterator[GaugeMetricFamily]:
        found = queue_figures(self.now)
        yield gauge("queue_length", "Tasks that no worker has taken yet.", found.length)
        yield gauge("queue_age_seconds", "How long the oldest of them has waited.", found.age)
        for who, since in (("beat", found.since_beat), ("worker", found.since_worker)):
            if since is not None:
                yield gauge(f"last_{who}_seconds", f"How long ago {who} gave a sign of life.", since)


def gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"duly_{name}", what, value=value)


def pages() -> CollectorRegistry:
    """How long pages took, in all web processes of this gunicorn where it has several."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    """All of it, for who sends `Authorization: Bearer METRICS_TOKEN`; for anybody else it is not there."""
    sent, wanted = request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not hmac.compare_digest(sent.encode(), wanted.encode()):
        raise Http404
    state = CollectorRegistry()
    state.register(State(timezone.now()))
    with asking.job("metrics"):
        found = generate_latest(pages()) + generate_latest(state)
    return HttpResponse(found, content_type=CONTENT_TYPE_LATEST)
