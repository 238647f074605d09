"""A report as slides: native tables and charts that can be edited, speaker notes with n and interval.

On the organisation's own template where HR gave one: its title and title-only layouts are used, its slides left out.
"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from programs.reports import report_words
from programs.reports.report_model import (
    HEAT,
    TEXT,
    Chart,
    Hidden,
    Report,
    Section,
    Table,
    Value,
    text_of,
)
from programs.reports.report_words import clean
from programs.reports.slide_charts import draw
from programs.reports.texts_report import say
from programs.training.certificates import day_in

ROWS = 13
MOST_TABLE_SLIDES = 4
LANGUAGES = {"en": "en-GB", "it": "it-IT", "ro": "ro-RO", "zh-hans": "zh-CN", "fr": "fr-FR"}
INK, SOFT, BRAND, HEAD = (RGBColor.from_string(one) for one in ("1C2430", "5B6675", "0D4F4F", "F3F1EC"))
LOW = ("FBE3D3", "F6CDB2", "F0B48F", "E89A6C")
HIGH = ("DCEBF6", "BFDBEF", "9EC8E6", "7AB3DC")
MIDDLE, STEP, STEPS = 58, 8, 4
# Of the words above figures: their size in points, and at most so many lines.
SAID, MOST_SAID = 12, 5


@dataclass
class Deck:
    """What is being made: the presentation, its two layouts, and the room below the title."""

    show: Any
    cover: Any
    plain: Any
    report: Report

    @property
    def width(self) -> int:
        return int(self.show.slide_width)

    @property
    def height(self) -> int:
        return int(self.show.slide_height)

    @property
    def margin(self) -> int:
        return self.width // 20

    @property
    def top(self) -> int:
        return int(self.height * 0.24)

    @property
    def bottom(self) -> int:
        return int(self.height * 0.93)


def made(report: Report, template: bytes | None = None) -> bytes:
    """The slides. Charts that could not be made are noted in ``section.broken``."""
    deck = _deck(report, template)
    _cover(deck)
    for section in report.sections:
        for charted in section.charts:
            _chart_slide(deck, section, charted)
        for table in section.tables:
            _table_slides(deck, section, table)
        if not section.charts and not section.tables:
            _words_slide(deck, section)
    _finish(deck)
    out = io.BytesIO()
    deck.show.save(out)
    return out.getvalue()


def _deck(report: Report, template: bytes | None) -> Deck:
    show = Presentation(io.BytesIO(template)) if template else Presentation()
    if not template:
        show.slide_width, show.slide_height = Inches(13.333), Inches(7.5)
    ids = show.slides._sldIdLst
    for one in list(ids):
        show.part.drop_rel(one.rId)
        ids.remove(one)
    cover, plain = layouts(show)
    return Deck(show, cover, plain, report)


def layouts(show: Any) -> tuple[Any, Any]:
    """The layouts for the cover and for all else. Raises ValueError for a template without a title anywhere."""
    titled = [one for one in show.slide_layouts if any(p.placeholder_format.type in (1, 3) for p in one.placeholders)]
    if not titled:
        raise ValueError("no layout with a title")

    def bodies(layout: Any) -> int:
        return sum(p.placeholder_format.type not in (1, 3, 13, 15, 16) for p in layout.placeholders)

    centred = [one for one in titled if any(p.placeholder_format.type == 3 for p in one.placeholders)]
    plain = min([one for one in titled if one not in centred] or titled, key=bodies)
    return (centred or titled)[0], plain


# -- slides ----------------------------------------------------------------------------------------------------------


def _cover(deck: Deck) -> None:
    report = deck.report
    slide = deck.show.slides.add_slide(deck.cover)
    _place_title(deck, slide, report.title, top=0.26, size=36)
    _drop_placeholders(slide)
    lines = [report.subtitle, report_words.label(report), _day(report), report.facts_line]
    lines += [report.said, report_words.corrects(report)]
    _text(deck, slide, [one for one in lines if one], top=int(deck.height * 0.5), size=16)
    _notes(deck, slide, None, [report_words.lead(report), *report.problems])


def _new(deck: Deck, section: Section, *, more: str = "") -> Any:
    slide = deck.show.slides.add_slide(deck.plain)
    title = section.lead or section.heading
    _place_title(deck, slide, title, top=0.09, size=26 if len(title) <= 90 else 19)
    _drop_placeholders(slide)
    kicker = f"{section.heading} · {more}" if more and more != section.heading else section.heading
    _text(deck, slide, [kicker], top=int(deck.height * 0.035), size=12, colour=BRAND, height=Pt(24))
    report = deck.report
    told = " · ".join([report.title, report_words.label(report), _day(report)])
    _text(deck, slide, [told], top=int(deck.height * 0.94), size=9, colour=SOFT, height=Pt(20))
    return slide


def _words_slide(deck: Deck, section: Section) -> None:
    slide = _new(deck, section)
    told = [*section.paragraphs, *report_words.broken(deck.report, section)]
    size = 18 if sum(map(len, told)) <= 700 else 13
    if told:
        _text(deck, slide, [one[:1500] for one in told[:12]], top=deck.top, size=size)
    _notes(deck, slide, section, told)


def _said(deck: Deck, slide: Any, section: Section) -> int:
    """What the section says besides its finding, above its figures; returns where these begin.

    A slide is shown alone: that its figures are of a group, or why nothing is clear, must not stay with the speaker.
    What does not fit stands in the notes, where all of it is.
    """
    told, lines = [], 0
    for text in section.paragraphs:
        if (lines := lines + _lines(deck, text)) > MOST_SAID:
            break
        told.append(text)
    if not told:
        return deck.top
    high = int(Pt(1.6 * SAID)) * sum(_lines(deck, text) for text in told)
    _text(deck, slide, told, top=deck.top, size=SAID, height=high)
    return deck.top + high


def _lines(deck: Deck, text: str) -> int:
    """Into how many lines it breaks: a Latin letter is about half as wide as high, a Chinese one as wide."""
    halves = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return -(-halves // max(1, (deck.width - 2 * deck.margin) // int(Pt(SAID * 0.52))))


def _chart_slide(deck: Deck, section: Section, chart: Chart) -> None:
    slide = _new(deck, section)
    top = _said(deck, slide, section)
    if chart.key not in section.broken:
        try:
            shape = draw(slide, chart, (deck.margin, top, deck.width - 2 * deck.margin, deck.bottom - top))
            _describe(shape, chart.title, chart.description)
        except Exception:
            # A picture is never worth the report: it goes out with a note.
            section.broken.append(chart.key)
    if chart.key in section.broken:
        _text(deck, slide, report_words.broken(deck.report, section), top=top, size=16)
    _notes(deck, slide, section, [chart.title, chart.description, *section.paragraphs])


# -- tables ----------------------------------------------------------------------------------------------------------


def _table_slides(deck: Deck, section: Section, table: Table) -> None:
    # As many on each: a page with one last row looks like a mistake.
    count = max(1, -(-len(table.rows) // ROWS))
    size = ROWS if count > MOST_TABLE_SLIDES else max(1, -(-len(table.rows) // count))
    pages = [table.rows[at : at + size] for at in range(0, len(table.rows), size)] or [()]
    depths = table.depths or (0,) * len(table.rows)
    left = table.left_out + sum(len(page) for page in pages[MOST_TABLE_SLIDES:])
    for number, rows in enumerate(pages[:MOST_TABLE_SLIDES]):
        more = f"{table.title} ({say('continued', deck.report.language)})" if number else table.title
        slide = _new(deck, section, more=more)
        indent = depths[number * size : number * size + size]
        _table(deck, slide, table, rows, indent, top=_said(deck, slide, section))
        last = number == min(len(pages), MOST_TABLE_SLIDES) - 1
        if left and last:
            told = say("left_out", deck.report.language, n=left)
            _text(deck, slide, [told], top=int(deck.height * 0.9), size=11, colour=SOFT, height=Pt(22))
        _notes(deck, slide, section, [] if number else section.paragraphs)


def _table(
    deck: Deck, slide: Any, table: Table, rows: Sequence[tuple[Value, ...]], depths: Sequence[int], *, top: int
) -> None:
    room = int(deck.height * 0.9) - top
    high = min(room // (len(rows) + 1), int(Pt(30)))
    width = deck.width - 2 * deck.margin
    at = (deck.margin, top, width, high * (len(rows) + 1))
    frame = slide.shapes.add_table(len(rows) + 1, len(table.columns), *(Emu(one) for one in at))
    _describe(frame, table.title, deck.report.subtitle)
    made = frame.table
    made.horz_banding = False
    shares = report_words.widths(table)
    for column, share in zip(made.columns, shares, strict=True):
        column.width = Emu(int(width * share / sum(shares)))
    for row in made.rows:
        row.height = Emu(high)
    for place, column in enumerate(table.columns):
        _fill(made.cell(0, place), column.title, HEAD, bold=True, centre=column.kind != TEXT)
    for line, (values, depth) in enumerate(zip(rows, depths, strict=True), 1):
        for place, (value, column) in enumerate(zip(values, table.columns, strict=True)):
            told = text_of(value, column.kind)
            if place == 0 and depth:
                told = "\u2003" * min(depth, 6) + told
            shade = _heat(value) if column.kind == HEAT else None
            soft = isinstance(value, Hidden)
            _fill(made.cell(line, place), told, shade, centre=column.kind != TEXT, soft=soft)


def _heat(value: Value) -> RGBColor | None:
    if not isinstance(value, int | float):
        return None
    step = max(-STEPS, min(STEPS, round((value - MIDDLE) / STEP)))
    return RGBColor.from_string((HIGH if step > 0 else LOW)[abs(step) - 1]) if step else None


def _fill(
    cell: Any, text: str, shade: RGBColor | None, *, bold: bool = False, centre: bool = False, soft: bool = False
) -> None:
    told = clean(text)
    frame = cell.text_frame
    frame.text = told if len(told) <= 130 else f"{told[:129]}…"
    cell.margin_top = cell.margin_bottom = Pt(2)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = shade or RGBColor.from_string("FFFFFF")
    part = frame.paragraphs[0]
    part.alignment = PP_ALIGN.CENTER if centre else PP_ALIGN.LEFT
    part.font.size = Pt(8 if len(told) > 70 else 9.5 if len(told) > 44 else 11)
    part.font.bold, part.font.italic = bold, soft
    part.font.color.rgb = SOFT if soft else INK


# -- words -----------------------------------------------------------------------------------------------------------


def _place_title(deck: Deck, slide: Any, text: str, *, top: float, size: int) -> None:
    title = slide.shapes.title
    title.left, title.top = Emu(deck.margin), Emu(int(deck.height * top))
    title.width, title.height = Emu(deck.width - 2 * deck.margin), Emu(int(deck.height * 0.14))
    told = clean(text)
    title.text_frame.text = told if len(told) <= 240 else f"{told[:239]}…"
    title.text_frame.word_wrap = True
    for part in title.text_frame.paragraphs:
        part.alignment = PP_ALIGN.LEFT
        part.font.size, part.font.bold = Pt(size), True


def _drop_placeholders(slide: Any) -> None:
    """Empty boxes that ask to be clicked do not belong into a report."""
    for shape in list(slide.placeholders):
        if shape.placeholder_format.type not in (1, 3):
            shape._element.getparent().remove(shape._element)


def _text(
    deck: Deck, slide: Any, lines: Sequence[str], *, top: int, size: int, colour: RGBColor = INK, height: int = 0
) -> None:
    width = deck.width - 2 * deck.margin
    box = slide.shapes.add_textbox(Emu(deck.margin), Emu(top), Emu(width), Emu(height or deck.bottom - top))
    frame = box.text_frame
    frame.word_wrap = True
    for place, line in enumerate(lines):
        part = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        part.text = clean(line)
        part.space_after = Pt(size // 2)
        part.font.size, part.font.color.rgb = Pt(size), colour


def _notes(deck: Deck, slide: Any, section: Section | None, first: Sequence[str]) -> None:
    """What the speaker needs: the finding, n and interval, where the numbers come from."""
    told = [one for one in first if one]
    if section is not None:
        told = [section.lead or section.heading, *told, *section.notes, *report_words.broken(deck.report, section)]
        told.append(deck.report.facts_line)
    slide.notes_slide.notes_text_frame.text = clean("\n".join(dict.fromkeys(told)))


def _describe(shape: Any, title: str, description: str) -> None:
    named = shape._element.xpath(".//p:cNvPr")[0]
    named.set("title", clean(title)[:250])
    named.set("descr", clean(f"{title}. {description}")[:1000])


def _day(report: Report) -> str:
    with translation.override(report.language):
        return say("as_of", report.language, day=day_in(report.as_of))


def _finish(deck: Deck) -> None:
    report, about = deck.report, deck.show.core_properties
    about.title, about.author, about.subject = clean(report.title), clean(report.organisation), clean(report.subtitle)
    about.language = LANGUAGES[report.language]
    about.comments = about.keywords = about.last_modified_by = ""
    about.created = about.modified = dt.datetime.combine(report.as_of, dt.time())
    for run in _runs(deck.show):
        run.set("lang", LANGUAGES[report.language])


def _runs(show: Any) -> Iterator[Any]:
    for slide in show.slides:
        for root in (slide._element, slide.notes_slide._element):
            for run in root.iter(qn("a:r")):
                yield run.get_or_add_rPr()
