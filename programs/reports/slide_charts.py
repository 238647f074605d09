"""Charts of a slide: native ones that can be edited, and pictures of what is drawn by its own specification."""

from __future__ import annotations

import io
from typing import Any

import vl_convert
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.util import Emu, Pt

from programs.reports import report_charts
from programs.reports.report_model import DRAWN, LINES, SHARES, Chart
from programs.reports.report_words import cell_words


def draw(slide: Any, chart: Chart, at: tuple[int, int, int, int]) -> Any:
    """The shape of a chart; ``at``: left, top, width, height."""
    if chart.form != DRAWN:
        shape = slide.shapes.add_chart(_kind(chart), *(Emu(one) for one in at), _data(chart))
        _style(shape.chart, chart)
        return shape
    picture = io.BytesIO(vl_convert.svg_to_png(report_charts.svg(chart), scale=2))
    shape = slide.shapes.add_picture(picture, at[0], at[1], height=Emu(at[3]))
    if shape.width > at[2]:
        shape.height, shape.width = Emu(shape.height * at[2] // shape.width), Emu(at[2])
    return shape


def _kind(chart: Chart) -> Any:
    if chart.form == LINES:
        return XL_CHART_TYPE.LINE_MARKERS
    return XL_CHART_TYPE.BAR_STACKED if chart.form == SHARES else XL_CHART_TYPE.BAR_CLUSTERED


def _data(chart: Chart) -> CategoryChartData:
    data = CategoryChartData(number_format="0")
    data.categories = [cell_words(name) for name in chart.categories]
    for one in chart.series:
        data.add_series(cell_words(one.name), one.values)
    return data


def _style(chart: Any, said: Chart) -> None:
    chart.font.size = Pt(12)
    chart.has_title = False
    chart.has_legend = len(said.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    values, names = chart.value_axis, chart.category_axis
    values.has_major_gridlines = said.form == LINES
    if said.form == LINES:
        values.major_gridlines.format.line.color.rgb = RGBColor.from_string("E6E3DC")
    values.maximum_scale, values.minimum_scale = said.highest, min(0, said.lowest)
    names.format.line.color.rgb = RGBColor.from_string("D8D4CA")
    if said.form != LINES:
        names.reverse_order, values.visible = True, False
        chart.plots[0].gap_width = 40
    if said.form == SHARES:
        chart.plots[0].overlap = 100
    for one, series in zip(said.series, chart.plots[0].series, strict=True):
        paint = RGBColor.from_string(report_charts.colour(one.key).lstrip("#").upper())
        if said.form == LINES:
            series.format.line.color.rgb, series.format.line.width, series.smooth = paint, Pt(2.5), False
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = paint
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = paint
    if said.form == LINES:
        _label_ends(chart, said)
        return
    plot = chart.plots[0]
    plot.has_data_labels = True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "0", False
    plot.data_labels.font.size = Pt(11)
    if said.form == SHARES:
        plot.data_labels.font.color.rgb = RGBColor.from_string("FFFFFF")


def _label_ends(chart: Any, said: Chart) -> None:
    """The last value of each line only: on every point they would lie on each other."""
    bottom, top = report_charts.domain(said)
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = bottom, top
    for one, series in zip(said.series, chart.plots[0].series, strict=True):
        known = [at for at, value in enumerate(one.values) if value is not None]
        if known:
            label = series.points[known[-1]].data_label
            label.has_text_frame = True
            label.text_frame.text = f"{one.values[known[-1]]:.0f}"
            label.position = XL_LABEL_POSITION.RIGHT
