"""A seat as a calendar file (RFC 5545), for any calendar."""

from __future__ import annotations

import datetime as dt

import icalendar

from programs.training.session_models import Seat


def ics(seat: Seat, *, host: str, url: str, now: dt.datetime) -> bytes:
    """One event; fetched again after a change it replaces the former one, and a cancelled session is taken out."""
    session = seat.session
    event = icalendar.Event()
    event.add("uid", f"session-{session.pk}-{seat.pk}@{host}")
    event.add("dtstamp", now.astimezone(dt.UTC))
    event.add("sequence", session.revision)
    event.add("dtstart", session.starts_at.astimezone(dt.UTC))
    event.add("dtend", session.ends_at.astimezone(dt.UTC))
    event.add("summary", session.course.name)
    event.add("location", session.place)
    event.add("url", url)
    gone = session.cancelled_at is not None or seat.state == Seat.State.GIVEN_UP
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Trivium//Training//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if gone else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
