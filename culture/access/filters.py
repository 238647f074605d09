"""Filters of the API. ``?unit=7`` asks for rows of unit 7 among those one sees, and never tells whether there is one.

django-filter's own looks the id up in the whole table first: unknown ones were an error, foreign ones an empty list.
"""

from __future__ import annotations

from django import forms
from django.db import models
from django_filters import Filter, FilterSet
from django_filters.rest_framework import DjangoFilterBackend


class IdFilter(Filter):
    """Rows that point at this id; none, when nothing does."""

    class field_class(forms.IntegerField):  # noqa: N801 - the name django-filter looks for
        def __init__(self, **kwargs: object) -> None:
            super().__init__(min_value=0, max_value=2**63 - 1, **kwargs)  # type: ignore[arg-type]


class HouseFilterSet(FilterSet):
    class Meta:
        filter_overrides = {
            models.ForeignKey: {"filter_class": IdFilter},
            models.OneToOneField: {"filter_class": IdFilter},
        }


class Backend(DjangoFilterBackend):
    """For views that only name their ``filterset_fields``."""

    filterset_base = HouseFilterSet
