"""What axe says of a page, wide and narrow, light and dark; and whether it scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from axe_core_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Error

from culture.people.models import Employee

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Nobody reads the CSS path that axe would find for each element.
RUN = """async (options) => {
  // A colour half-way between two is nobody's. The end of one change begins that of what inherits it.
  for (let round = 0; round < 9; round++) {
    for (const one of document.getAnimations()) {
      try { one.finish(); } catch { /* what never ends */ }
    }
  }
  const found = await axe.run({ resultTypes: ['violations'], selectors: false, ...options });
  return found.violations;
}"""
COLOURS = ["color-contrast"]
# Rules whose answer depends on what a width shows, hides or cuts; the others read what stands in the document.
LAYOUT = [
    *("aria-hidden-focus", "bypass", "button-name", "duplicate-id-active", "empty-heading", "heading-order", "label"),
    *("landmark-one-main", "landmark-unique", "link-name", "list", "nested-interactive", "page-has-heading-one"),
    *("region", "scrollable-region-focusable", "select-name", "skip-link"),
]
BETWEEN = 768
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"
_seen: WeakSet[Any] = WeakSet()


def violations(page: Any, scheme: str = "light", **options: Any) -> list[dict[str, Any]]:
    """What axe finds wrong on the page as it stands: ``{"id", "nodes": [{"html"}, …], …}`` of each broken rule.

    ``scheme="dark"``, after the same page was looked at in the light: only what colours can break.
    """
    if scheme == "dark":
        options["runOnly"] = COLOURS
    try:
        return _ask(page, options)
    except Error:
        # A click is over before the page it leads to is there: the old one may go while axe reads it.
        page.wait_for_timeout(1000)
        return _ask(page, options)


def _ask(page: Any, options: dict[str, Any]) -> list[dict[str, Any]]:
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN, options)


def problems(page: Any, url: str, *, widths: tuple[int, ...] = (1360, 320), status: int = 200) -> list[tuple[str, ...]]:
    """Every rule wide in the light; narrow in the dark what widths and colours can break.

    The first page that ``page`` shows, with the frame they share, is looked at in the dark at every width.
    """
    found: list[tuple[str, ...]] = []

    def look(width: int, scheme: str, rules: list[str]) -> None:
        page.emulate_media(color_scheme=scheme)
        for rule in violations(page, runOnly=rules):
            found.append((url, str(width), scheme, rule["id"], rule["nodes"][0]["html"][:160]))

    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1360, "height": 900})
    answer = page.goto(url)
    assert answer.status == status, (url, answer.status)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wide = width == widths[0]
        if wide:
            look(width, "light", TAGS)
        if not wide or page not in _seen:
            look(width, "dark", COLOURS if wide else [*COLOURS, *LAYOUT])
        if page.evaluate(SIDEWAYS):
            found.append((url, str(width), "the page scrolls sideways"))
    _seen.add(page)
    # Between phone and desk two or three columns stand on little room.
    page.set_viewport_size({"width": BETWEEN, "height": 900})
    if page.evaluate(SIDEWAYS):
        found.append((url, str(BETWEEN), "the page scrolls sideways"))
    return found


@contextmanager
def visit(
    browser: Any, live_server: Any, client_of: Callable[[Employee | None], Client], who: Employee | None
) -> Iterator[Any]:
    """A page of a browser in which ``who`` (None: nobody) is signed in already."""
    # Colours that are just changing have no contrast to speak of.
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
    if who is not None:
        cookie = client_of(who).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.set_default_timeout(60000)
    yield page
    context.close()
