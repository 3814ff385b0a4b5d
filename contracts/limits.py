"""How often a stranger may try something, counted in the cache; and where a request comes from."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def too_many(request: HttpRequest, what: str, *, most: int, seconds: int) -> bool:
    """Counts one try from where a request comes, and whether there were more than ``most`` in that time."""
    return too_often(f"{what}:{_neighbourhood(address_of(request))}", most=most, seconds=seconds)


def too_often(what: str, *, most: int, seconds: int) -> bool:
    """Counts one try of something, and whether there were more than ``most`` in that time."""
    key = f"tries:{what}"
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) > most)
    except ValueError:  # the count ran out in this very moment
        return False


def address_of(request: HttpRequest) -> str:
    """The address that a request comes from, "" where it has none, as over a socket.

    Behind proxies of ours (``settings.PROXIES`` of them) it is what the outermost wrote into
    X-Forwarded-For; what stands before that the other side wrote itself.
    """
    forwarded = [
        one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()
    ]
    place = settings.PROXIES
    said = (
        forwarded[-min(place, len(forwarded))] if place and forwarded else request.META.get("REMOTE_ADDR", "")
    )
    try:
        return str(ip_address(said))
    except ValueError:
        return ""


def _neighbourhood(address: str) -> str:
    """Of an IPv6 address its network: whoever has one has all addresses in it."""
    return str(IPv6Network(f"{address}/64", strict=False)) if ":" in address else address
