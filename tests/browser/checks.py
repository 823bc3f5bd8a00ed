"""What every page must stand, asked in the browser."""

import json
import re
import shutil
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REPORT_POLICY = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
# Elements that reach out of the window to the right, unless a box of their own scrolls or clips them.
OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  const held = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== "visible") return true;
    return false;
  };
  return [...document.body.querySelectorAll("*")]
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => {
      const box = element.getBoundingClientRect();
      const outside = box.right > wide + 1 || (box.left < -1 && box.right > 0);
      return outside && box.width > 1 && box.height > 1 && !held(element);
    })
    .map((element) => element.outerHTML.slice(0, 160));
}"""


def launch(playwright: Playwright) -> Browser:
    """Start the system's Chromium. Raises LookupError where there is none."""
    paths = filter(None, map(shutil.which, CHROMIUM))
    path = next(paths, None)
    if path is None:
        raise LookupError("No Chromium found. `make browser` installs it or says which command does.")
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


@dataclass
class Watch:
    """What a browser said while a test ran: console messages, uncaught errors, violations of the content policy."""

    said: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.add_init_script(REPORT_POLICY)
        context.on("console", lambda message: self.said.append(f"{message.type}: {message.text} {message.location}"))
        context.on("weberror", lambda error: self.said.append(f"error: {error.error}"))

    def allow(self, pattern: str) -> None:
        """Expect messages that match, such as the one Chromium writes about a 422."""
        self.allowed.append(pattern)

    def complaints(self) -> list[str]:
        """Everything nobody expected."""
        return [text for text in self.said if not any(re.search(pattern, text) for pattern in self.allowed)]


def assert_accessible(page: Page, **options: Any) -> None:
    """WCAG 2.2 AA and axe's good practice, with no violation. `options` go to axe.run."""
    run = {"runOnly": STANDARD, "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"], **options}
    violations = Axe().run(page, options=run).response["violations"]
    found = [
        f"{violation['id']} ({violation['help']}): {json.dumps([node['html'] for node in violation['nodes']][:5])} "
        f"{violation['nodes'][0].get('failureSummary', '')}"
        for violation in violations
    ]
    assert not found, "\n".join(found)


def assert_fits(page: Page) -> None:
    """Nothing reaches out of the window, and the page doesn't scroll sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    overflowing = page.evaluate(OVERFLOWING)
    assert wide <= 0, f"The page is {wide} px too wide: {overflowing[:5]}"
    assert not overflowing, "\n".join(overflowing[:10])
