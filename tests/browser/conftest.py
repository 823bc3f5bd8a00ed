"""A real browser before a real server, with everything it says collected.

`page` is a window of 1440 px, `phone` one of 390 px; `open_page(...)` opens others (dark, without JavaScript). Whatever
a page writes to its console, an uncaught error and a violation of the content policy fail the test, unless
`watch.allow(pattern)` expected it. `sign_in(page, member)` puts a member's session into a page.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from tests.browser.checks import DESKTOP, PHONE, Watch, launch

OpenPage = Callable[..., Page]
SignIn = Callable[[Page, Member], None]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, started once."""
    with sync_playwright() as playwright:
        # Playwright's own event loop runs in this thread, which Django would take for asynchronous code of ours.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = launch(playwright)
        yield browser
        browser.close()
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """What the test's pages said; anything unexpected fails the test at its end."""
    watch = Watch()
    yield watch
    complaints = watch.complaints()
    assert not complaints, "The browser said:\n" + "\n".join(complaints)


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, watch: Watch) -> Iterator[OpenPage]:
    """Open a window of its own: `open_page(color_scheme="dark")`. Options are those of a Playwright context."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        context = browser.new_context(**{"base_url": live_server.url, "viewport": DESKTOP, "locale": "en-GB"} | options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        watch.follow(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A desktop window."""
    return open_page()


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    """A phone."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def sign_in(live_server: LiveServer) -> SignIn:
    """Give a page a member's session, without the sign-in page."""

    def sign_in(page: Page, member: Member) -> None:
        client = Client()
        assert member.user is not None
        client.force_login(member.user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return sign_in
