"""The style guide shows every component, so it stands for all of them."""

import pytest

from tests.browser.checks import assert_accessible, assert_fits
from tests.browser.conftest import OpenPage


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_is_accessible_on_a_desktop(open_page: OpenPage, theme: str) -> None:
    page = open_page(color_scheme=theme)
    page.goto("/styleguide/")
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_is_accessible_on_a_phone(open_page: OpenPage, theme: str) -> None:
    page = open_page(color_scheme=theme, viewport={"width": 390, "height": 844})
    page.goto("/styleguide/")
    assert_accessible(page)
    assert_fits(page)
