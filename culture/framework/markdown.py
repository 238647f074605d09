"""Texts people write are Markdown; what reaches a page is cleaned HTML."""

from collections.abc import Callable

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
IMAGE = {"img": {"src", "alt", "title"}}
SCHEMES = {"http", "https", "mailto"}
DEEPEST = 5


def _parser(*, images: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    return parser if images else parser.disable("image")


PARSERS = {images: _parser(images=images) for images in (True, False)}


def render(text: str, *, below: int, images: bool, resolve: Callable[[str], str] | None = None) -> SafeString:
    """HTML without scripts, styles or handlers.

    ``below``: the level of the heading it stands under; its own start one deeper. ``images``: only where trainers
    write. One on another host tells that host who reads the page, which a text everybody must read should not do.
    ``resolve``: makes the address of a picture or link from what was written.
    """
    parser = PARSERS[images]
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + below, DEEPEST)}"
        for child in (token.children or []) if resolve else []:
            for name in ("src", "href"):
                if resolve and name in child.attrs:
                    child.attrs[name] = resolve(str(child.attrs[name]))
    html = parser.renderer.render(tokens, parser.options, {})
    tags, attributes = (TAGS | IMAGE.keys(), ATTRIBUTES | IMAGE) if images else (TAGS, ATTRIBUTES)
    return mark_safe(nh3.clean(html, tags=tags, attributes=attributes, url_schemes=SCHEMES))
