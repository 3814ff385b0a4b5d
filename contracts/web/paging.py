"""Pages of a long list, with the numbers GOV.UK shows: first, last, this one and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest


@dataclass(frozen=True)
class PageLink:
    """A page's number and address, or a gap in the numbers."""

    number: int = 0
    href: str = ""
    here: bool = False
    gap: bool = False


@dataclass(frozen=True)
class Pages:
    """The pagination component's data."""

    label: str
    many: bool
    previous: str = ""
    next: str = ""
    items: list[PageLink] = field(default_factory=list)


def page_of(request: HttpRequest, rows: Any, per_page: int, name: str = "page") -> Page[Any]:
    """The page that was asked for; a number out of range gives the nearest."""
    return Paginator(rows, per_page).get_page(request.GET.get(name))


def pages(request: HttpRequest, page: Page[Any], name: str = "page", label: str = "Pagination") -> Pages:
    """The links around one page, keeping the rest of the query."""
    last = page.paginator.num_pages
    if last < 2:
        return Pages(label, many=False)
    shown = sorted({1, last, *range(max(1, page.number - 1), min(last, page.number + 1) + 1)})
    items: list[PageLink] = []
    for number in shown:
        if items and number > items[-1].number + 1:
            items.append(PageLink(number=number - 1, gap=True))
        items.append(PageLink(number, _address(request, name, number), here=number == page.number))
    return Pages(
        label,
        many=True,
        previous=_address(request, name, page.number - 1) if page.has_previous() else "",
        next=_address(request, name, page.number + 1) if page.has_next() else "",
        items=items,
    )


def _address(request: HttpRequest, name: str, number: int) -> str:
    query = request.GET.copy()
    query[name] = str(number)
    return f"?{query.urlencode()}"
