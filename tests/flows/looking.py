"""What axe says of a page, wide and narrow, light and dark; and whether it scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_core_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client

from culture.people.models import Employee

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "(options) => axe.run({ resultTypes: ['violations'], ...options }).then((found) => found.violations)"
BETWEEN = 768
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def problems(page: Any, url: str, *, widths: tuple[int, ...] = (1360, 320), status: int = 200) -> list[tuple[str, ...]]:
    """Every rule at each width in the light; in the dark, at the first width, only what colours can break."""
    found: list[tuple[str, ...]] = []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1360, "height": 900})
    answer = page.goto(url)
    assert answer.status == status, (url, answer.status)
    page.evaluate(AXE_SCRIPT)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        dark = [("dark", {"runOnly": ["color-contrast"]})] if width == widths[0] else []
        for scheme, options in [("light", {"runOnly": TAGS}), *dark]:
            page.emulate_media(color_scheme=scheme)
            for rule in page.evaluate(RUN, options):
                found.append((url, str(width), scheme, rule["id"], rule["nodes"][0]["html"][:160]))
        if page.evaluate(SIDEWAYS):
            found.append((url, str(width), "the page scrolls sideways"))
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
