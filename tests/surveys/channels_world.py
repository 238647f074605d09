"""An open wave for the tests of the channels."""

from __future__ import annotations

from django.utils import timezone

from culture.people.models import Employee
from surveys.instruments.loading import load_library
from surveys.waves import opening
from surveys.waves import series as series_service
from surveys.waves.models import Invitation, Wave


def open_wave(hr: Employee) -> Wave:
    series = series_service.create(
        by=hr,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=timezone.localdate(),
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=[4],
    )
    wave = series.waves.get()
    opening.open_wave(wave, now=timezone.now())
    wave.refresh_from_db()
    return wave


def invitation_of(wave: Wave, person: Employee) -> Invitation:
    return Invitation.objects.get(wave=wave, employee=person)
