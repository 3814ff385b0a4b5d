"""Somebody at the pages with a mouse, or with a keyboard alone: the same acts, in two ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.factors import SECRET, code_of

PASSWORD = "a long enough password"
FARTHEST = 400
"""Presses of Tab after which something cannot be reached."""


class Hands:
    """Fills in fields by their names, follows links and presses buttons by what they say."""

    def __init__(self, page: Any) -> None:
        self.page = page
        page.set_default_timeout(20_000)
        page.set_default_navigation_timeout(60_000)

    def reach(self, found: Any) -> Any:
        """What is to be used, ready for it."""
        return found

    def click(self, found: Any) -> None:
        self.reach(found).click()

    def go(self, path: str) -> None:
        self.page.goto(path)

    def follow(self, name: str) -> None:
        """The first link of exactly this name; it may look like a button."""
        link = self.page.get_by_role("link", name=name, exact=True)
        self.click(link.or_(self.page.get_by_role("button", name=name, exact=True)).first)
        self.page.wait_for_load_state("load")

    def press(self, name: str) -> None:
        self.click(self.page.locator("main").get_by_role("button", name=name, exact=True).first)
        self.page.wait_for_load_state("load")

    def fill(self, **fields: str) -> None:
        """Text boxes and lists, by the names of their fields."""
        for name, text in fields.items():
            field = self.page.locator(f'main [name="{name}"]')
            if field.evaluate("field => field.tagName") == "SELECT":
                self.select(field, text)
            else:
                self.write(field, text)

    def write(self, field: Any, text: str) -> None:
        field.fill(text)

    def select(self, field: Any, value: str) -> None:
        field.select_option(value)

    def choose(self, **fields: str) -> None:
        """Radios and boxes, by the name of the field and the value."""
        for name, value in fields.items():
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()

    def tick(self, name: str) -> None:
        self.page.locator(f'main [name="{name}"]').check()

    def day(self, name: str, day: Any) -> None:
        self.fill(
            **{f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
        )

    def sets_up_app(self) -> None:
        """Who owes a second factor is led to set one up: an authenticator app, and then on."""
        assert "Set one up before you go on." in self.words, self.words
        self.follow("Add an authenticator app")
        secret = SECRET.search(self.words)[1]
        for _ in range(3):  # a code may run out while it is typed
            self.fill(code=code_of(secret))
            self.press("Add the app")
            if self.heading == "Recovery codes":
                break
        self.press("Go on with what you were doing")

    def upload(self, name: str, file: Path) -> None:
        self.page.locator(f'main [name="{name}"]').set_input_files(file)

    def key(self, key: str) -> bool:
        """A key of the page, where one is used; False with a mouse."""
        return False

    @property
    def words(self) -> str:
        """What the page says, with single blanks, without what is hidden."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").inner_text().split())


class Keyboard(Hands):
    """Tab, Shift and Tab, Enter, blank and arrows; the file alone is handed over."""

    def reach(self, found: Any) -> Any:
        """Tabs on to something, as somebody does who sees where the focus is."""
        found.wait_for(state="visible")
        for _ in range(FARTHEST):
            if found.evaluate("one => one === document.activeElement"):
                return found
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {found}")

    def click(self, found: Any) -> None:
        self.reach(found)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, field: Any, text: str) -> None:
        self.reach(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def select(self, field: Any, value: str) -> None:
        self.reach(field)
        for _ in range(FARTHEST):
            if field.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the keyboard does not choose {value}")

    def choose(self, **fields: str) -> None:
        for name, value in fields.items():
            group = self.page.locator(f'main [name="{name}"]')
            wanted = self.page.locator(f'main [name="{name}"][value="{value}"]')
            if wanted.get_attribute("type") == "checkbox":
                self._tick(wanted)
                continue
            checked = self.page.locator(f'main [name="{name}"]:checked')
            self.reach(checked if checked.count() else group.first)
            self.page.keyboard.press("Space")
            for _ in range(group.count()):
                if wanted.is_checked():
                    break
                self.page.keyboard.press("ArrowDown")
            assert wanted.is_checked(), (name, value)

    def tick(self, name: str) -> None:
        self._tick(self.page.locator(f'main [name="{name}"]'))

    def _tick(self, box: Any) -> None:
        self.reach(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")

    def key(self, key: str) -> bool:
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return True
