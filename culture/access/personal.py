"""What access holds about a person: roles, ways to sign in, sessions, the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from culture.access.address_models import AddressChange
from culture.access.models import AuditEntry
from culture.access.sentences import details, sentence
from culture.access.token_models import ApiToken
from culture.people import retention, rights
from culture.people.models import Employee
from culture.people.rights import HR_SEES, ONLY_YOU, Fate, Group, Holding, Row, Scrub

REMOVED = _("Removed.")
SIGN_IN = _("While you have an account; removed when you are erased")


def _grant(row: Any, person: Employee) -> Row:
    place = row.unit.path if row.unit else _("the whole organisation")
    return {
        _("Role"): row.get_role_display(),
        _("For"): place,
        _("From"): row.since,
        _("Until"): row.until,
        _("Reason"): row.reason,
        _("Ended"): row.ended_at,
        _("Reason of its end"): row.ended_reason,
    }


def _link(row: Any, person: Employee) -> Row:
    return {_("Made"): row.created_at, _("Good until"): row.expires_at, _("Used"): row.used_at}


def _entry(row: AuditEntry, person: Employee) -> Row:
    """His own deeds and what was done to him. Who did it to him is not told: that is somebody else's data."""
    mine = row.actor_id == person.pk
    about = row.subject == f"employee:{person.pk}"
    who = _("you") if mine else _("the system") if row.actor_id is None else _("somebody with the right to")
    subject = _subject(row, person)
    what = sentence(row, {row.subject: subject})
    shown: Row = {_("When"): row.at, _("Who"): who, _("What"): what, _("About"): subject}
    if mine and row.address:
        shown[_("From where")] = row.address
    if about and (more := details(row)):
        shown[_("Details")] = more
    return shown


def _subject(row: AuditEntry, person: Employee) -> str:
    """What an entry is about. Another person is not named: this is a file about ``person``."""
    model, _colon, key = row.subject.partition(":")
    if model == "employee" and key:
        return gettext("you") if key == str(person.pk) else gettext("a colleague")
    kinds = {found._meta.model_name: found._meta.verbose_name for found in apps.get_models()}
    return f"{kinds[model]} {key}" if model in kinds and key else row.subject


def _about(person: Employee) -> QuerySet[AuditEntry]:
    mine = Q(actor=person.pk) | Q(subject=f"employee:{person.pk}")
    return AuditEntry.objects.filter(mine).order_by("pk")


class Trail(Holding):
    """Entries by a person (a relation) and about him (a text that carries his id)."""

    def rows(self, person: Employee) -> QuerySet[Any]:
        return _about(person)


# What third-party apps hold, when they are installed: label, relation, words, {word: column}. Secrets are never shown.
FOREIGN: list[tuple[str, str, Any, dict[Any, str]]] = [
    (
        "account.EmailAddress",
        "user",
        _("Addresses to sign in with"),
        {_("Address"): "email", _("Confirmed"): "verified"},
    ),
    (
        "mfa.Authenticator",
        "user",
        _("Second factors"),
        {_("Kind"): "type", _("Made"): "created_at", _("Last used"): "last_used_at"},
    ),
    (
        "usersessions.UserSession",
        "user",
        _("Sign-in sessions"),
        {
            _("Begun"): "created_at",
            _("Last seen"): "last_seen_at",
            _("Address"): "ip",
            _("Browser"): "user_agent",
        },
    ),
    (
        "socialaccount.SocialAccount",
        "user",
        _("Accounts at other sites"),
        {_("Site"): "provider", _("Joined"): "date_joined"},
    ),
]


def _address(row: Any, person: Employee) -> Row:
    return {
        _("Changed"): row.at,
        _("Address before"): row.old_address,
        _("Told there"): row.get_notice_display(),
        _("Confirmed"): row.settled_at,
    }


def _key(row: Any, person: Employee) -> Row:
    return {
        _("Name"): row.name,
        _("Made"): row.created_at,
        _("Works until"): row.expires_at,
        _("Last used"): row.last_used_at,
        _("Ended"): row.ended_at,
    }


def _columns(wanted: dict[Any, str]) -> Callable[[Any, Employee], Row]:
    def show(row: Any, person: Employee) -> Row:
        return {word: getattr(row, column) for word, column in wanted.items() if hasattr(row, column)}

    return show


def register() -> None:
    """Called when the apps are ready."""
    rights.hold(
        Holding(
            model="culture.Grant",
            fields=("employee",),
            group=Group.ACCESS,
            title=_("Roles"),
            kept=_("Until the role ends"),
            seen_by=_("You, HR, auditors"),
            after=REMOVED,
            fate=Fate.REMOVED,
            show=_grant,
            related=("unit",),
        )
    )
    rights.authored("culture.Grant", "granted_by", "ended_by", title=_("Roles granted or ended to others"))
    rights.hold(
        Holding(
            model="culture.SignInLink",
            fields=("employee",),
            group=Group.ACCESS,
            title=_("One-time sign-in links"),
            kept=SIGN_IN,
            seen_by=HR_SEES,
            after=REMOVED,
            fate=Fate.REMOVED,
            show=_link,
        )
    )
    rights.hold(
        Holding(
            model="culture.AddressChange",
            fields=("employee",),
            group=Group.ACCESS,
            title=_("Changes of your e-mail address by others"),
            kept=_("The address before: until it was told, 90 days at most. The rest: see retention"),
            seen_by=HR_SEES,
            after=REMOVED,
            fate=Fate.REMOVED,
            show=_address,
        )
    )
    rights.authored("culture.AddressChange", "by", "settled_by", title=_("Addresses of others changed or confirmed"))
    rights.hold(
        Holding(
            model="culture.ApiToken",
            fields=("employee",),
            group=Group.ACCESS,
            title=_("API keys"),
            kept=SIGN_IN,
            seen_by=ONLY_YOU,
            after=REMOVED,
            fate=Fate.REMOVED,
            show=_key,
        )
    )
    rights.authored("culture.SignInLink", "created_by", title=_("One-time sign-in links made for others"))
    rights.hold(
        Trail(
            model="culture.AuditEntry",
            fields=("actor",),
            group=Group.RECORD,
            title=_("Audit trail"),
            kept=_("Without end: the trail cannot be changed. It carries your id, never your name"),
            seen_by=_("HR and auditors; these entries: you, too"),
            after=_("Stays as it is: it names him by id only, and the id leads to “a former colleague”."),
            fate=Fate.KEPT,
            show=_entry,
        )
    )
    for label, field, title, wanted in FOREIGN:
        if apps.is_installed(f"allauth.{label.split('.')[0]}"):
            _register_foreign(label, field, title, wanted)
    _register_django()
    _register_retention()


def _register_foreign(label: str, field: str, title: Any, wanted: dict[Any, str]) -> None:
    rights.hold(
        Holding(
            model=label,
            fields=(field,),
            group=Group.ACCESS,
            title=title,
            kept=SIGN_IN,
            seen_by=ONLY_YOU,
            after=REMOVED,
            fate=Fate.REMOVED,
            show=_columns(wanted),
        )
    )


def _register_django() -> None:
    rights.exempt("culture.employee_groups", "employee", reason="Django's groups are not used; cleared at erasure.")
    rights.exempt("culture.employee_user_permissions", "employee", reason="Not used; cleared at erasure.")
    rights.authored("admin.LogEntry", "user", title=_("Changes made on the support pages"))
    rights.scrub(
        Scrub(
            key="admin log",
            title=_("Entries of the support pages about him"),
            after=_("They name the row, not the person."),
            count=lambda person: _admin_log(person).count(),
            erase=lambda person: _admin_log(person).update(object_repr="Former colleague", change_message=""),
        )
    )
    rights.scrub(
        Scrub(
            key="sessions",
            title=_("Browser sessions"),
            after=_("Ended and removed."),
            count=lambda person: len(_sessions(person)),
            erase=lambda person: Session.objects.filter(pk__in=_sessions(person)).delete()[0],
        )
    )


def _admin_log(person: Employee) -> QuerySet[LogEntry]:
    kind = ContentType.objects.get_for_model(Employee)
    about = LogEntry.objects.filter(content_type=kind, object_id=str(person.pk))
    return about.exclude(object_repr="Former colleague")


def _sessions(person: Employee) -> list[str]:
    """Keys of his sessions. They are encoded, so all have to be opened; old ones are swept by the tick."""
    return [
        session.pk
        for session in Session.objects.iterator(500)
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]


def _register_retention() -> None:
    retention.register(
        retention.Kind(
            key="sessions",
            title=_("Browser sessions that ran out"),
            counted_from=_("after they ran out"),
            reason=_("A session that ran out opens nothing. A few days help to look into a stolen password."),
            default=14,
            minimum=1,
            maximum=90,
            due=lambda before: Session.objects.filter(expire_date__lt=before),
        )
    )
    if apps.is_installed("allauth.usersessions"):
        retention.register(
            retention.Kind(
                key="session-list",
                title=_("Places people signed in from"),
                counted_from=_("after they were last seen"),
                reason=_("Address and browser help a person to recognise a sign-in that was not his."),
                default=30,
                minimum=1,
                maximum=180,
                due=lambda before: apps.get_model("usersessions.UserSession").objects.filter(last_seen_at__lt=before),
                person="user",
            )
        )
    retention.register(
        retention.Kind(
            key="support-log",
            title=_("Log of the support pages"),
            counted_from=_("after the change"),
            reason=_("Who changed what by hand; the audit trail has the same without names."),
            default=365,
            minimum=30,
            maximum=1825,
            due=_old_log,
            person="user",
        )
    )
    retention.register(
        retention.Kind(
            key="address-changes",
            title=_("Changes of e-mail addresses"),
            counted_from=_("after the change was confirmed"),
            reason=_("Who asks why his mail stopped, or who changed his address, asks within months."),
            default=365,
            minimum=30,
            maximum=1825,
            due=lambda before: AddressChange.objects.filter(settled_at__lt=before),
            person="employee",
        )
    )
    retention.register(
        retention.Kind(
            key="api-keys",
            title=_("API keys that ran out or were ended"),
            counted_from=_("after their last day"),
            reason=_("A key that is over opens nothing; its owner may still ask which one it was."),
            default=90,
            minimum=1,
            maximum=365,
            due=lambda before: ApiToken.objects.over(before),  # type: ignore[attr-defined]
            person="employee",
        )
    )
    retention.unlimited(
        retention.Unlimited(
            key="audit",
            title=_("Audit trail"),
            reason=_("Append-only: proof of who did what. It names people by id only."),
        )
    )


def _old_log(before: dt.datetime) -> QuerySet[LogEntry]:
    return LogEntry.objects.filter(action_time__lt=before)
