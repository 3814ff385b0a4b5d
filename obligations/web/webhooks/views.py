"""Webhooks of a contract, for who manages it: made and stopped, what was sent, and what was given up."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.access import Access, Act, open_contract
from contracts.services.actors import Actor
from contracts.web.acting import Done, act, noted, press, sent
from contracts.web.asking_again import require_asked
from contracts.web.pages import Crumb, SignedIn, contract_page
from obligations.models import Webhook, WebhookDelivery
from obligations.services.webhooks import endpoints
from obligations.services.webhooks.endpoints import Made
from obligations.web.webhooks import presenters
from obligations.web.webhooks.forms import WebhookForm


@require_safe
@login_required
def webhooks(request: SignedIn, contract_id: int) -> HttpResponse:
    """Where the contract is told of to programs, and what became of the messages."""
    access = open_contract(request.user, contract_id, timezone.now(), Act.MANAGE)
    rows = [presenters.webhook_row(one) for one in access.contract.webhooks.order_by("-pk")]
    deliveries = WebhookDelivery.objects.filter(contract=access.contract).select_related("webhook")
    dead, most = Q(given_up_at__isnull=False, webhook__ended_at=None), presenters.MOST_SHOWN
    shown = [*deliveries.filter(dead)[:most], *deliveries.exclude(dead)[:most]]
    context: dict[str, object] = {
        "rows": [one for one in rows if not one.ended],
        "ended": [one for one in rows if one.ended],
        "sent": [presenters.delivery_row(one) for one in shown],
        "most": most,
    }
    return _page(request, access, "webhooks", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def new(request: SignedIn, contract_id: int) -> HttpResponse:
    """Makes one and shows its secret, once."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    require_asked(request)
    form, there = WebhookForm(*sent(request)), redirect("webhooks", contract_id)

    def shown(made: Made) -> Done:
        context: dict[str, object] = {"secret": made.secret, "made": presenters.webhook_row(made.webhook)}
        return Done("", _page(request, access, "made", context))

    answer = act(
        request,
        form,
        lambda data: endpoints.make(
            access.contract, _actor(access), now, kind=data["kind"], url=data["url"], stages=data["stages"]
        ),
        shown,
        twice=noted("It was made already, and its secret is not shown again.", there),
    )
    return answer or _page(request, access, "new", {"form": form})


@require_POST
@login_required
def test(request: SignedIn, contract_id: int, webhook_id: int) -> HttpResponse:
    """Sends a test within a minute."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    webhook, there = _webhook(access, webhook_id), redirect("webhooks", contract_id)
    done = Done("A test goes within a minute. What came of it is shown below.", there)
    return press(request, lambda: endpoints.send_test(webhook, now), lambda _: done, back=there)


@require_POST
@login_required
def end(request: SignedIn, contract_id: int, webhook_id: int) -> HttpResponse:
    """Stops it. Nobody is asked again who they are: stopping what goes astray must be quick."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    webhook, there = _webhook(access, webhook_id), redirect("webhooks", contract_id)
    done = Done(f"Nothing is sent to {webhook.host} any more.", there)
    return press(request, lambda: endpoints.end(webhook, _actor(access), now), lambda _: done, back=there)


@require_POST
@login_required
def again(request: SignedIn, contract_id: int, delivery_id: int) -> HttpResponse:
    """Sends again what was given up."""
    now = timezone.now()
    access = open_contract(request.user, contract_id, now, Act.MANAGE)
    rows = WebhookDelivery.objects.filter(contract=access.contract, pk=delivery_id)
    row, there = rows.select_related("webhook").first(), redirect("webhooks", contract_id)
    if row is None:
        raise Http404
    done = Done("It goes again within a minute.", there)
    return press(request, lambda: endpoints.send_again(row, now), lambda _: done, back=there)


def _webhook(access: Access, webhook_id: int) -> Webhook:
    row = access.contract.webhooks.select_related("contract").filter(pk=webhook_id).first()
    if row is None:
        raise Http404
    return row


def _actor(access: Access) -> Actor:
    return Actor.of(access.person, access.side)


def _page(request: SignedIn, access: Access, name: str, context: dict[str, object]) -> HttpResponse:
    crumbs = [Crumb("Manage", reverse("manage", args=[access.contract.pk]))]
    if name != "webhooks":
        crumbs.append(Crumb("Webhooks", reverse("webhooks", args=[access.contract.pk])))
    template = f"obligations/webhooks/{name}.html"
    return contract_page(request, access, template, context, here="manage", crumbs=crumbs)
