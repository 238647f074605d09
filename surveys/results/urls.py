from django.urls import path, register_converter
from django.urls.converters import IntConverter

from surveys.results import (
    comment_urls,
    compare_pages,
    cut_pages,
    export_pages,
    finding_pages,
    heat_pages,
    method_pages,
    receipt_pages,
    service_pages,
    trend_pages,
    views,
    why_pages,
)


class SignedConverter(IntConverter):
    """A row of the tree: the block of an upper unit's own people has a negative id."""

    regex = "-?[0-9]{1,18}"


register_converter(SignedConverter, "signed")

app_name = "results"
urlpatterns = [
    path("r/<int:wave_id>/", receipt_pages.check, name="receipts"),
    path("r/<int:wave_id>/list.txt", receipt_pages.as_text, name="receipts_text"),
    path("results/", views.waves, name="list"),
    path("results/<int:wave_id>/", views.wave, name="wave"),
    path("results/<int:wave_id>/unit/<signed:unit>/", views.unit, name="unit"),
    path("results/<int:wave_id>/unit/<signed:unit>/trend/", trend_pages.trend, name="trend"),
    path("results/<int:wave_id>/heatmap/", heat_pages.heatmap, name="heatmap"),
    path("results/<int:wave_id>/groups/", cut_pages.cuts, name="cuts"),
    path("results/<int:wave_id>/groups/<str:key>/", cut_pages.cut, name="cut"),
    path("results/<int:wave_id>/groups/<str:key>/<int:category>/", cut_pages.category, name="category"),
    path("results/<int:wave_id>/services/", service_pages.services, name="services"),
    path("results/<int:wave_id>/findings/", finding_pages.findings, name="findings"),
    path("results/<int:wave_id>/compare/", compare_pages.compare_page, name="compare"),
    path("results/<int:wave_id>/why/", why_pages.why, name="why"),
    path("results/<int:wave_id>/method/", method_pages.method, name="method"),
    path("results/<int:wave_id>/export/", export_pages.about, name="export_about"),
    path("results/<int:wave_id>/export/file/", export_pages.choose, name="export_choose"),
    path("results/<int:wave_id>/export.csv", export_pages.as_csv, name="export"),
    path("results/<int:wave_id>/export.xlsx", export_pages.as_xlsx, name="export_xlsx"),
    path("results/<int:wave_id>/export.json", export_pages.as_json, name="export_json"),
    *comment_urls.urlpatterns,
]
