"""Today in the organisation's zone: rights begin and end for all at once, whatever zone a reader has chosen."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils import timezone

from culture.access import organisation


def zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(organisation.current().time_zone)


def today() -> dt.date:
    return timezone.localdate(timezone=zone())
