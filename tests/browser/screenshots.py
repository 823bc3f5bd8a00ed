"""Pictures of every page of the demo company: `make screenshots`.

Takes the running demo's address from DEMO_URL and its logins from DEMO_LOGINS (lines of role, e-mail, password), and
writes screenshots/<role>/<page>-<width>-<theme>.png. Arguments are parts of page names to take those alone.
"""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.checks import DESKTOP, PHONE, launch

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
WINDOWS = (DESKTOP, PHONE)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
EVERYBODY = ("admin", "manager", "salesperson")
LEADERS = ("admin", "manager")
ADMIN = ("admin",)
VISITOR = ("visitor",)
# Three deals that the demo refuses, so that pictures of an import leave its numbers alone.
REFUSED = b"""number,date,salesperson,channel,state,net
A-1,2026-02-30,Amara Okafor,Retail,Delivered,21400
A-2,2026-03-02,Ben Sorensen,Online,Delivered,about 18900
A-3,2026-03-03,Chiara Rossi,Fleet,Delivered,n/a
"""


@dataclass(frozen=True)
class Shot:
    """One page: its name, its address, who can open it, and the name of the link to follow from there, if any."""

    name: str
    path: str
    roles: tuple[str, ...]
    follow: str = ""


SHOTS = (
    Shot("sign-in", "/accounts/login/", VISITOR),
    Shot("password-reset", "/accounts/password/reset/", VISITOR),
    Shot("style-guide", "/styleguide/", VISITOR),
    Shot("organizations", "/organizations/", EVERYBODY),
    Shot("account", "/accounts/", EVERYBODY),
    Shot("second-factor", "/accounts/second-factor/", ADMIN),
    Shot("passkeys", "/accounts/passkeys/", ADMIN),
    Shot("devices", "/accounts/sessions/", ADMIN),
    Shot("password-change", "/accounts/password/change/", EVERYBODY),
    Shot("targets", "/o/demo/targets/", EVERYBODY),
    Shot("targets-revenue", "/o/demo/targets/?show=revenue", LEADERS),
    Shot("my-goals", "/o/demo/home/goals/", EVERYBODY),
    Shot("my-goals-revenue", "/o/demo/home/goals/?show=revenue", ("salesperson",)),
    Shot("salesperson", "/o/demo/targets/", ADMIN, follow="Amara Okafor"),
    Shot("leaderboard", "/o/demo/leaderboard/", EVERYBODY),
    Shot("leaderboard-quarter", "/o/demo/leaderboard/?per=quarter&rank=count", LEADERS),
    Shot("report", "/o/demo/reports/", EVERYBODY),
    Shot("report-quarter", "/o/demo/reports/?period=this-quarter&by=team&show=revenue&compare=1", LEADERS),
    Shot("report-save", "/o/demo/reports/views/new/?period=last-quarter&by=channel", LEADERS),
    Shot("reports-saved", "/o/demo/reports/views/", LEADERS),
    Shot("target-import", "/o/demo/targets/import/", LEADERS),
    Shot("targets-paste", "/o/demo/targets/paste/", LEADERS),
    Shot("targets-apply", "/o/demo/targets/apply/", LEADERS),
    Shot("target-import-result", "/o/demo/targets/import/", ADMIN, follow=", 09:00"),
    Shot("deals", "/o/demo/records/", EVERYBODY),
    Shot("deal", "/o/demo/records/?text=HM-", EVERYBODY, follow="HM-"),
    Shot("deal-form", "/o/demo/records/new/", LEADERS),
    Shot("imports", "/o/demo/imports/", LEADERS),
    Shot("import-file", "/o/demo/imports/new/", LEADERS),
    Shot("import-columns", "/o/demo/imports/", ADMIN, follow="columns.csv"),
    Shot("import-result", "/o/demo/imports/", ADMIN, follow="refused.csv"),
    Shot("organization", "/o/demo/settings/", ADMIN),
    Shot("target-rules", "/o/demo/settings/targets/", ADMIN),
    Shot("operating-companies", "/o/demo/settings/companies/", ADMIN),
    Shot("holidays", "/o/demo/settings/holidays/", ADMIN),
    Shot("teams", "/o/demo/settings/teams/", ADMIN),
    Shot("team", "/o/demo/settings/teams/", ADMIN, follow="North desk"),
    Shot("zones", "/o/demo/settings/zones/", ADMIN),
    Shot("permissions", "/o/demo/settings/permissions/", ADMIN),
    Shot("permissions-person", "/o/demo/settings/permissions/", ADMIN, follow="Marta Cole"),
    Shot("what-changed", "/o/demo/settings/audit/", ADMIN),
    Shot("sign-up", "/signup/", VISITOR),
    Shot("people", "/o/demo/settings/people/", ADMIN),
    Shot("person", "/o/demo/settings/people/?q=hugo", ADMIN, follow="Hugo Marin"),
    Shot("invitations", "/o/demo/settings/people/invitations/", ADMIN),
    Shot("invite", "/o/demo/settings/people/invitations/new/", ADMIN),
    Shot("first-steps", "/o/rentals/first-steps/", ADMIN),
    Shot("channels", "/o/demo/settings/lists/channels/", ADMIN),
    Shot("channel", "/o/demo/settings/lists/channels/", ADMIN, follow="Retail"),
    Shot("deal-states", "/o/demo/settings/lists/states/", ADMIN),
    Shot("sales-ledgers", "/o/demo/settings/lists/sales-ledgers/", ADMIN),
    Shot("brands", "/o/demo/settings/lists/brands/", ADMIN),
    Shot("brand-families", "/o/demo/settings/lists/brand-families/", ADMIN),
    Shot("customers", "/o/demo/settings/lists/customers/?q=an", ADMIN),
    Shot("customer", "/o/demo/settings/lists/customers/", ADMIN, follow="Anchor Bakery"),
    Shot("wholesaler-branches", "/o/demo/settings/lists/wholesaler-branches/", ADMIN),
    Shot("list-file", "/o/demo/settings/lists/brands/csv/new/", ADMIN),
    Shot("not-found", "/o/nobody/targets/", EVERYBODY),
)


def main(only: list[str]) -> int:
    """Take the pictures; 1 if a page could not be opened."""
    url = os.environ["DEMO_URL"].rstrip("/")
    logins = {
        role: (email, password) for role, email, password in map(str.split, os.environ["DEMO_LOGINS"].splitlines())
    }
    shots = [shot for shot in SHOTS if not only or any(part in shot.name for part in only)]
    failed = 0
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for role in (*EVERYBODY, *VISITOR):
            mine = [shot for shot in shots if role in shot.roles]
            if mine:
                failed += photograph(browser, url, role, logins.get(role), mine)
        browser.close()
    return int(failed > 0)


def photograph(browser: Browser, url: str, role: str, login: tuple[str, str] | None, shots: list[Shot]) -> int:
    """Take one role's pictures in every window and theme; return how many pages failed."""
    failed = 0
    (FOLDER / role).mkdir(parents=True, exist_ok=True)
    signed_in = None
    for theme in THEMES:
        for window in WINDOWS:
            context = browser.new_context(
                base_url=url, viewport=window, color_scheme=theme, locale="en-GB", storage_state=signed_in
            )
            page = context.new_page()
            if login and signed_in is None:
                sign_in(page, *login)
                signed_in = context.storage_state()
                if role in ADMIN:
                    import_examples(page)
            for shot in shots:
                path = FOLDER / role / f"{shot.name}-{window['width']}-{theme}.png"
                problem = take(page, shot, path)
                print(f"{path.relative_to(FOLDER.parent)}{': ' + problem if problem else ''}")
                failed += bool(problem)
            context.close()
    return failed


def take(page: Page, shot: Shot, path: Path) -> str:
    """Open a page and take its picture; return what went wrong, if anything."""
    response = page.goto(shot.path)
    if shot.follow:
        link = page.get_by_role("link", name=shot.follow).first
        if not link.count():
            return f"no link {shot.follow}"
        with page.expect_navigation() as navigation:
            link.click()
        response = navigation.value
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path, full_page=True)
    expected = 404 if shot.name == "not-found" else 200
    if response is None or response.status != expected:
        return f"status {response.status if response else 'unknown'}"
    return ""


def sign_in(page: Page, email: str, password: str) -> None:
    """Through the sign-in page."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/login" not in address)


def import_examples(page: Page) -> None:
    """Leave one import at its columns and let another run, unless an earlier call has."""
    for name in ("columns.csv", "refused.csv"):
        page.goto("/o/demo/imports/")
        if page.get_by_role("link", name=name).count():
            continue
        page.goto("/o/demo/imports/new/")
        page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": REFUSED})
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/columns/")
        if name == "refused.csv":
            for meaning in page.get_by_label(re.compile("^Meaning of ")).all():
                meaning.select_option(index=1)
            page.get_by_role("button", name="Import", exact=True).click()
            page.get_by_role("heading", name="Refused rows").wait_for()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
