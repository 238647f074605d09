"""Countries of sites in the reader's language; and a picture as phones store it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from culture.people.models import Employee
from programs.recognition import countries, pictures


@pytest.mark.parametrize(
    ("language", "germany", "first"),
    [("en", "Germany", "AF"), ("it", "Germania", "AF"), ("ro", "Germania", "AF"), ("fr", "Allemagne", "AF"),
     ("zh-hans", "德国", "AD"), ("xx", "Germany", "AF")],
)  # fmt: skip
def test_every_country_has_a_name_in_five_languages(language: str, germany: str, first: str) -> None:
    with translation.override(language):
        named = countries.names()
    assert named["DE"] == germany and next(iter(named)) == first and len(named) > 240
    # None is missing, which would show as the English name of the tz database.
    assert set(named) <= set(countries._locale(language).territories)


@pytest.mark.django_db
def test_hr_reads_them_in_his_own_language(client_of: Any, hr: Employee, employee: Employee) -> None:
    Employee.objects.filter(pk=employee.pk).update(site="Napoli", time_zone="Europe/Rome")
    Employee.objects.filter(pk=hr.pk).update(language="fr")
    shown = client_of(Employee.objects.get(pk=hr.pk)).get("/rewards/desk/countries/", HTTP_ACCEPT_LANGUAGE="fr")
    text = shown.content.decode()
    assert "Italie (IT)" in text and "Åland (AX)" in text.replace("Îles ", "") and ">Italy" not in text


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
def test_a_heic_picture_is_told_from_a_broken_one(brand: bytes) -> None:
    heic = b"\x00\x00\x00\x20ftyp" + brand + b"\x00\x00\x00\x00mif1heic" + b"\x00" * 400
    with pytest.raises(ValidationError) as refused:
        pictures.draw(heic)
    assert "HEIC" in refused.value.message_dict["picture"][0] and "JPEG" in refused.value.message_dict["picture"][0]
    with pytest.raises(ValidationError) as refused:
        pictures.draw(b"not a picture at all" * 40)
    assert "HEIC" not in refused.value.message_dict["picture"][0]
