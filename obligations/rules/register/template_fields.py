"""The fields of a template's file, read one by one: what is wrong is said at its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

MOST_KINDS = 300
LONGEST = {"title": 200, "path": 160, "heading": 255, "words": 100_000, "why": 2000, "label": 120}
DETAILS = ("name", "label", "type", "choices")
_KIND = re.compile(r"own_[a-z0-9_]{1,46}")
_PATH = re.compile(r"[^/\s][^/]*/\S.*")


class TemplateError(ValueError):
    """A file that is no template: ``field`` is the place at fault, like ``paragraphs[3].why``; "" for all."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field


def kinds_in(value: object) -> Iterator[dict[str, Any]]:
    names: set[str] = set()
    for place, one in enumerate(list_in(value, "kinds", MOST_KINDS)):
        at = f"kinds[{place}]"
        if not isinstance(one, Mapping):
            raise TemplateError(at, "A kind of fact is an object.")
        only_known(one, ("name", "label", "side", "subject", "example", "needs_moment", "details"), at)
        name = one.get("name")
        if not isinstance(name, str) or not _KIND.fullmatch(name):
            raise TemplateError(
                f"{at}.name", "It must begin with own_ and have small letters, figures and _."
            )
        if name in names:
            raise TemplateError(f"{at}.name", f"The kind {name} is there twice.")
        names.add(name)
        if one.get("side") not in ("supplier", "authority", "either"):
            raise TemplateError(f"{at}.side", "It must be supplier, authority or either.")
        if not isinstance(one.get("needs_moment", False), bool):
            raise TemplateError(f"{at}.needs_moment", "It must be true or false.")
        yield {
            "name": name,
            "label": text_in(one, "label", at, required=True),
            "side": one["side"],
            "subject": text_in(one, "subject", at, most=LONGEST["label"]),
            "example": text_in(one, "example", at, most=LONGEST["label"]),
            "needs_moment": one.get("needs_moment", False),
            "details": [
                _detail(each, f"{at}.details[{n}]")
                for n, each in enumerate(list_in(one.get("details", []), f"{at}.details", 20))
            ],
        }


def _detail(form: object, at: str) -> dict[str, Any]:
    if not isinstance(form, Mapping) or not isinstance(form.get("name"), str):
        raise TemplateError(at, "A detail is an object with its name.")
    only_known(form, DETAILS, at)
    check_texts(form, at)
    return dict(form)


def path_in(form: object, at: str) -> str:
    if not isinstance(form, Mapping):
        raise TemplateError(at, "A paragraph is an object.")
    path = text_in(form, "path", at, required=True, strip=False)
    if not _PATH.fullmatch(path):
        raise TemplateError(f"{at}.path", "It must be a scope and a number, like main/4.2.")
    return path


def text_in(
    form: Mapping[str, Any], name: str, at: str, *, required: bool = False, strip: bool = True, most: int = 0
) -> str:
    where = f"{at}.{name}" if at else name
    value = form.get(name, "")
    if not isinstance(value, str):
        raise TemplateError(where, "It must be a text.")
    most = most or LONGEST[name]
    if len(value) > most:
        raise TemplateError(where, f"Shorten this to {most:,} characters; it has {len(value):,}.")
    check_texts(value, where)
    value = value.strip() if strip else value
    if required and not value.strip():
        raise TemplateError(where, "It is missing.")
    return value


def check_texts(value: object, at: str) -> None:
    """Refuse what no text of the database can hold, at any depth."""
    if isinstance(value, str):
        bare = value.encode("utf-8", "replace").decode("utf-8")
        if "\x00" in value or (bare != value):
            raise TemplateError(at, "Take out the characters that cannot be stored.")
    elif isinstance(value, Mapping):
        for name, one in value.items():
            check_texts(str(name), at)
            check_texts(one, f"{at}.{name}")
    elif isinstance(value, list):
        for one in value:
            check_texts(one, at)


def list_in(value: object, at: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise TemplateError(at, "It must be a list.")
    if len(value) > most:
        raise TemplateError(at, f"It has {len(value):,} items; {most:,} is the most.")
    return value


def only_known(form: Mapping[str, Any], names: tuple[str, ...], at: str) -> None:
    for name in form:
        if name not in names:
            where = f"{at}.{short(name)}" if at else short(name)
            raise TemplateError(where, f"Nobody knows this: take it out. Known are {', '.join(names)}.")


def short(value: object) -> str:
    text = str(value)
    return (text if len(text) <= 40 else f"{text[:40]}…").encode("utf-8", "replace").decode()
