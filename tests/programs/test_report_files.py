"""The files of a report, opened by other programs than those that made them."""

from __future__ import annotations

import io
import zipfile

import pypdf
import pytest
from pptx import Presentation
from pptx.util import Inches
from python_calamine import CalamineWorkbook

from config.bench_report_files import model
from programs.reports import pdf, report_charts, sheets, slide_templates, slides
from programs.reports.report_model import BARS, DRAWN, Chart, Section, Series
from programs.training.certificates import speaks_chinese

LONG = "Direcția de relații cu clienții persoane juridice și administrarea contractelor de mentenanță Țărănești nr"
EVIL = '=HYPERLINK("http://evil.example";"x") #pagebreak() *x* $y$ @z <w> \\ [ ] {'


def named(n: int) -> str:
    return (LONG + " " * (120 - len(LONG)))[:119].strip() if n == 1 else EVIL if n == 2 else f"Unitatea {n}"


@pytest.fixture(autouse=True)
def _drawn_here(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="module")
def text_pdf():
    return pypdf.PdfReader(io.BytesIO(pdf.made(model(units=400, charts=2, language="ro", name=named))))


@pytest.fixture(scope="module")
def pages(text_pdf):
    return [" ".join(page.extract_text().replace("\u200b", "").split()) for page in text_pdf.pages]


def test_the_pdf_is_tagged_titled_and_in_its_language(text_pdf):
    root = text_pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"].lower() == "ro"
    assert text_pdf.metadata.title == "Service culture 2026–2029" and root["/ViewerPreferences"]["/DisplayDocTitle"]
    about = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in about and "pdfaid:part" in about
    kinds = tags(root["/StructTreeRoot"])
    assert {"/H1", "/Table", "/THead", "/TH", "/TD", "/Figure", "/TOC"} <= kinds


def tags(node, found=None):
    """Every kind of structure element below ``node``."""
    found = set() if found is None else found
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, pypdf.generic.DictionaryObject):
        if "/S" in node:
            found.add(node["/S"])
        kids = node.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        for kid in kids if isinstance(kids, list) else [kids]:
            if not isinstance(kid, int):
                tags(kid, found)
    return found


def test_every_picture_has_its_words(text_pdf):
    alts = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, pypdf.generic.DictionaryObject):
            if node.get("/S") == "/Figure":
                alts.append(str(node.get("/Alt", "")))
            kids = node.get("/K", [])
            kids = kids.get_object() if hasattr(kids, "get_object") else kids
            for kid in kids if isinstance(kids, list) else [kids]:
                if not isinstance(kid, int):
                    walk(kid)

    walk(text_pdf.trailer["/Root"]["/StructTreeRoot"])
    assert len(alts) == 2 and all(len(alt) > 20 for alt in alts)


def test_four_hundred_units_break_well_and_keep_their_head(pages):
    told = " ".join(pages)
    assert sum("Obstacol" in page and "Îi servește" in page for page in pages) >= 8, "heads repeat"
    assert all(f"Unitatea {n} " in told for n in (3, 200, 399))
    assert f"{len(pages)} / {len(pages)}" in pages[-1]
    assert all("Service culture 2026–2029" in page for page in pages[1:])


def test_names_are_words_and_never_markup(pages):
    told = "".join("".join(pages).split())
    assert "".join(EVIL.split()) in told
    assert "".join(LONG.split())[:40] in told


def test_paper(settings):
    small = model(units=3, charts=0)
    widths = [
        float(pypdf.PdfReader(io.BytesIO(pdf.made(small, paper=one))).pages[0].mediabox.width) for one in pdf.PAPERS
    ]
    assert [round(width) for width in widths] == [595, 612]
    assert pdf.made(small) == pdf.made(small), "the same bytes for the same report"


def test_chinese_letters_or_a_warning():
    report = model(units=3, charts=0, language="zh-hans", name=lambda n: f"客户服务{n}组")
    told = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.made(report))).pages)
    if speaks_chinese():
        assert "客户服务" in told and not report.problems
    else:
        assert report.problems


def test_a_letter_without_glyph_is_named_on_the_cover():
    report = model(units=3, charts=0, name=lambda n: "Branch \U000105c0")
    made = pypdf.PdfReader(io.BytesIO(pdf.made(report)))
    assert report.problems and "\U000105c0" in report.problems[0]
    told = " ".join(made.pages[0].extract_text().split())
    assert "No font on the server" in told and "U+105C0" in told
    assert made.trailer["/Root"]["/MarkInfo"]["/Marked"], "tagged all the same"


def test_a_chart_that_fails_leaves_a_note(settings):
    settings.DRAW_CHART = "tests.programs.test_report_files.broken"
    report = model(units=3, charts=2)
    made = pypdf.PdfReader(io.BytesIO(pdf.made(report)))
    assert [section.broken for section in report.sections] == [["chart0"], ["chart1"], []]
    assert "could not be drawn" in " ".join(" ".join(page.extract_text() for page in made.pages).split())
    told = [
        shape.text_frame.text
        for slide in Presentation(io.BytesIO(slides.made(report))).slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]
    assert sum("could not be drawn" in text for text in told) == 2


def broken(spec):
    raise ValueError("no")


# -- slides ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def deck():
    return Presentation(io.BytesIO(slides.made(model(units=60, charts=3, language="it", name=named))))


def test_slides_have_titles_native_charts_and_tables_and_notes(deck):
    slides_ = list(deck.slides)
    assert all(slide.shapes.title.text_frame.text for slide in slides_)
    shapes = [shape for slide in slides_ for shape in slide.shapes]
    kinds = [str(shape.chart.chart_type).split(" ")[0] for shape in shapes if shape.has_chart]
    assert kinds == ["LINE_MARKERS", "BAR_CLUSTERED", "BAR_STACKED"]
    assert sum(shape.has_table for shape in shapes) >= 7
    assert all(slide.has_notes_slide for slide in slides_)
    notes = slides_[1].notes_slide.notes_text_frame.text
    assert "412 persone" in notes and "61–66" in notes
    named_ = [s._element.xpath(".//p:cNvPr")[0].get("descr") for s in shapes if s.has_chart or s.has_table]
    assert all(named_)
    assert deck.core_properties.title == "Service culture 2026–2029" and deck.core_properties.language == "it-IT"


def test_large_tables_end_and_say_where_the_rest_is(deck):
    texts = [s.text_frame.text for slide in deck.slides for s in slide.shapes if s.has_text_frame]
    assert any("Altre 8 righe" in text for text in texts)


def test_the_sheet_behind_a_chart_holds_no_formula(deck):
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart:
                packed = zipfile.ZipFile(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob))
                sheets_ = [packed.read(name).decode() for name in packed.namelist() if "worksheets/sheet" in name]
                assert not any("<f>" in one or "hyperlink" in one for one in sheets_)


def test_a_drawn_picture_and_letters_no_xml_takes():
    spec = {
        "data": {"values": [{"a": 1, "b": 2}]},
        "mark": "bar",
        "encoding": {"x": {"field": "a"}, "y": {"field": "b"}},
    }
    report = model(units=2, charts=0, name=lambda n: "Bell\x07\x1b \ufffe")
    drawn = Chart("own", "Own", "A bar", DRAWN, spec=spec)
    empty = Chart("none", "None", "Nothing", BARS, ("A",), (Series("mean", "Mean", (None,)),))
    assert report_charts.drawable(drawn) and not report_charts.drawable(empty)
    report.sections.append(Section("own", "Own", charts=[drawn]))
    show = Presentation(io.BytesIO(slides.made(report)))
    assert any(shape.shape_type == 13 for slide in show.slides for shape in slide.shapes)
    assert not [section.broken for section in report.sections if section.broken]
    assert b"%PDF" in pdf.made(report)[:8] and sheets.made(report)


# -- the organisation's template -------------------------------------------------------------------------------------


def packed(show) -> bytes:
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def with_part(content: bytes, name: str, data: bytes) -> bytes:
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr(name, data)
    return out.getvalue()


def own_slides() -> bytes:
    show = Presentation()
    show.slide_width = Inches(12)
    slide = show.slides.add_slide(show.slide_layouts[0])
    slide.shapes.title.text = "An old slide"
    return packed(show)


def test_the_template_is_used_without_its_slides():
    template = own_slides()
    day = model(units=1, charts=0).as_of
    assert slide_templates.why_not(template, day) == ""
    made = Presentation(io.BytesIO(slides.made(model(units=2, charts=1), template)))
    assert made.slide_width == Inches(12)
    assert "An old slide" not in [slide.shapes.title.text_frame.text for slide in made.slides]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"not a file", "no PowerPoint file"),
        (with_part(own_slides(), "ppt/vbaProject.bin", b"x"), "macros"),
        (
            with_part(
                own_slides(),
                "ppt/slides/_rels/extra.xml.rels",
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
                b'Id="r9" Type="http://x/image" Target="http://evil.example/x.png" TargetMode="External"/>'
                b"</Relationships>",
            ),
            "from elsewhere",
        ),
        (with_part(b"PK\x05\x06" + b"\0" * 18, "word/document.xml", b"<x/>"), "no PowerPoint file"),
        (b"0" * (slide_templates.LARGEST + 1), "larger than 20 MB"),
    ],
    # A zip holds the second it was made in: named by it, the workers would collect different tests.
    ids=range(5),
)
def test_what_cannot_be_a_template_is_refused_in_words(content, words):
    assert words in slide_templates.why_not(content, model(units=1, charts=0).as_of)


def test_a_template_without_titles_is_refused():
    show = Presentation()
    for layout in show.slide_layouts:
        for shape in list(layout.placeholders):
            shape._element.getparent().remove(shape._element)
    assert "title" in slide_templates.why_not(packed(show), model(units=1, charts=0).as_of)


# -- spreadsheet -----------------------------------------------------------------------------------------------------


def test_the_spreadsheet_is_ready_for_a_pivot_and_runs_nothing():
    report = model(units=400, charts=1, name=named)
    made = sheets.made(report)
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == ["Data", "Definitions", "About"]
    head, *rows = book.get_sheet_by_name("Data").to_python()
    assert len(set(head)) == len(head) == 12 and all(head)
    assert len(rows) == len(report.facts) and all(len(row) == 12 for row in rows)
    assert {type(row[6]) for row in rows if row[6] != ""} == {float}
    assert any(row[1] == f"'{EVIL}" for row in rows), "a formula is text"
    words = book.get_sheet_by_name("Definitions").to_python()
    assert words[1][0] == "Want" and len(words) == 6
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        assert any("tables/table1.xml" in name for name in file.namelist())
        data = file.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in data and "<hyperlink" not in data


def test_no_number_at_all():
    report = model(units=0, charts=0)
    report.sections = []
    assert sheets.made(report) and slides.made(report) and pdf.made(report)
