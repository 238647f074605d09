from django.urls import path, register_converter
from django.urls.converters import IntConverter

from surveys.results import receipt_pages, views


class SignedConverter(IntConverter):
    """A row of the tree: the block of an upper unit's own people has a negative id."""

    regex = "-?[0-9]+"


register_converter(SignedConverter, "signed")

app_name = "results"
urlpatterns = [
    path("r/<int:wave_id>/", receipt_pages.check, name="receipts"),
    path("r/<int:wave_id>/list.txt", receipt_pages.as_text, name="receipts_text"),
    path("results/", views.waves, name="list"),
    path("results/<int:wave_id>/", views.wave, name="wave"),
    path("results/<int:wave_id>/unit/<signed:unit>/", views.unit, name="unit"),
    path("results/<int:wave_id>/unit/<signed:unit>/trend/", views.trend, name="trend"),
    path("results/<int:wave_id>/services/", views.services, name="services"),
    path("results/<int:wave_id>/export.csv", views.export, name="export"),
]
