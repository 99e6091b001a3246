"""The pages without JavaScript: the doors, the way out and what is not there, for everybody to use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_accessibility import RULES, SIZES, axe, is_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page


@pytest.mark.parametrize("size", ["chromebook", "narrow"])
@pytest.mark.parametrize("path", ["/", "/en", "/school", "/uit", "/nergens"])
def test_axe_finds_nothing_at_the_doors(new_page: Callable[..., Page], demo, path: str, size: str) -> None:
    """A pupil who cannot use the door never comes to the questions."""
    page = new_page(SIZES[size])
    page.goto(demo.address + path)
    assert violations(page) == []
    assert is_within(page)


def test_a_wrong_code_is_told_beside_the_field(new_page: Callable[..., Page], demo) -> None:
    """The field says that it is wrong and why, to who cannot see the colour."""
    page = new_page(SIZES["phone"])
    page.goto(demo.address)
    page.get_by_label("Jouw code").fill("BBBB")
    page.get_by_role("button", name="Verder").click()
    field = page.get_by_label("Jouw code")
    assert field.get_attribute("aria-invalid") == "true"
    assert page.get_by_role("alert").inner_text().startswith("Deze code klopt niet")
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    page.evaluate(axe())
    found = page.evaluate("(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags } })", RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]
