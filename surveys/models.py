"""Gathers the models of surveys' rooms for Django."""

from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.models import Instrument, InstrumentVersion, Item
from surveys.results.models import CellGroup, Release, SealedComment, SealedOwn, SealedRating
from surveys.waves.models import Invitation, Message, Series, ServiceLink, Wave

__all__ = [
    "CellGroup",
    "Draft",
    "InboxEnvelope",
    "Instrument",
    "InstrumentVersion",
    "Invitation",
    "Item",
    "Message",
    "Release",
    "SealedComment",
    "SealedOwn",
    "SealedRating",
    "Series",
    "ServiceLink",
    "Wave",
]
