"""Gathers the models of surveys' rooms for Django."""

from surveys.answering.models import Draft, InboxEnvelope
from surveys.instruments.models import EditStep, Instrument, InstrumentVersion, Item
from surveys.results.comment_models import Moderation, ReleasedComment
from surveys.results.models import CellGroup, Release, SealedComment, SealedOwn, SealedRating
from surveys.results.receipt_models import ReceiptList
from surveys.results.sharing_models import ResultMail, Sharing, SharingPlan
from surveys.waves.asked_models import AskedPromise
from surveys.waves.link_models import LinkProposal, ServiceLink
from surveys.waves.message_models import Announcement, Code, DeadAddress, Endpoint, Kiosk, MailSender, Message
from surveys.waves.models import Burden, Invitation, PanelPlace, Series, UnitMerge, Wave

__all__ = [
    "Announcement",
    "AskedPromise",
    "Burden",
    "CellGroup",
    "Code",
    "DeadAddress",
    "Draft",
    "EditStep",
    "Endpoint",
    "InboxEnvelope",
    "Instrument",
    "InstrumentVersion",
    "Invitation",
    "Item",
    "Kiosk",
    "LinkProposal",
    "MailSender",
    "Message",
    "Moderation",
    "PanelPlace",
    "ReceiptList",
    "Release",
    "ReleasedComment",
    "ResultMail",
    "SealedComment",
    "SealedOwn",
    "SealedRating",
    "Series",
    "ServiceLink",
    "Sharing",
    "SharingPlan",
    "UnitMerge",
    "Wave",
]
