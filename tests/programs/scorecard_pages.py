"""Reading scorecards and the pages behind their numbers, as somebody sees them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.urls import reverse
from django.utils.html import strip_tags


def page(client: Any, name: str, *arguments: Any, status: int = 200, **query: Any) -> str:
    response = client.get(reverse(f"reports:{name}", args=arguments), query)
    assert response.status_code == status, response.status_code
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(unescape(strip_tags(html.replace("<", " <"))).split())


def tile(html: str, key: str) -> str:
    """The big number of the card of a dimension."""
    card = html.split(f'number/{key}/"')[1].split("</section>")[0]
    return unescape(re.search(r'big-number">([^<]*)<', card)[1])  # type: ignore[index]


def row_of(html: str, name: str) -> str:
    rows = [row for row in re.findall(r"<tr>.*?</tr>", html, re.S) if f">{name}<" in row]
    return words(rows[0]) if rows else ""
