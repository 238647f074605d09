"""Changing the service map: which unit uses the service of which, from when, until when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.waves.assignment import line_of
from surveys.waves.link_map import related
from surveys.waves.link_models import ServiceLink, ServiceLinkQuerySet
from surveys.waves.models import Wave

# Words in unit names that tell a unit which serves the others, in the product's five languages.
SUPPORT_WORDS = re.compile(
    r"\b(it|ict|information technology|hr|human resources|finance|accounting|payroll|legal|compliance|facilities|"
    r"procurement|purchasing|logistics|warehouse|maintenance|support|help ?desk|training|communications?|"
    r"risorse umane|personale|finanza|amministrazione|contabilit\w+|acquisti|legale|logistica|manutenzione|formazione|"
    r"resurse umane|financiar|contabilitate|achizi\w+|juridic|logistic\w|mentenan\w+|"
    r"ressources humaines|comptabilit\w+|achats|juridique|logistique|informatique)\b"
    r"|人力资源|人事|财务|采购|法务|信息技术|后勤|物流|行政",
    re.IGNORECASE,
)
SUGGESTED_AT_MOST = 200
MAP_LOCK = 0x5E4C1CE


def suggest() -> list[tuple[Unit, Unit]]:
    """(customer, provider) pairs HR may accept: units beside a support unit that are not support themselves.

    Customers are taken at the level just below the top: links hold for everything below them. A pair that ever was in
    the map is not suggested again.
    """
    units = {unit.pk: unit for unit in Unit.objects.open().order_by("path")}
    parents = {pk: unit.parent_id for pk, unit in units.items()}
    known = set(ServiceLink.objects.values_list("customer_id", "provider_id"))
    support = {pk for pk, unit in units.items() if SUPPORT_WORDS.search(unit.name)}
    providers = [pk for pk in units if pk in support and not (set(line_of(pk, parents)[1:]) & support)]
    customers = [
        pk
        for pk, unit in units.items()
        if unit.parent_id in units
        and units[unit.parent_id].parent_id is None
        and not (set(line_of(pk, parents)) & support)
    ]
    pairs = [
        (units[customer], units[provider])
        for customer in customers
        for provider in providers
        if (customer, provider) not in known and not related(customer, provider, parents)
    ]
    return pairs[:SUGGESTED_AT_MOST]


def parents_of_all() -> dict[int, int | None]:
    return dict(Unit.objects.values_list("pk", "parent_id"))


def check(
    customer: Unit,
    provider: Unit,
    since: dt.date | None,
    until: dt.date | None,
    *,
    parents: dict[int, int | None] | None = None,
    besides: ServiceLink | None = None,
) -> None:
    """Raise ValidationError, keyed by field, for a link that cannot be."""
    parents = parents if parents is not None else parents_of_all()
    for field, unit in (("customer", customer), ("provider", provider)):
        if unit.until is not None and (since is None or since > unit.until):
            raise ValidationError({field: _("“%(unit)s” is closed. Choose a unit that is open.") % {"unit": unit.path}})
    if related(customer.pk, provider.pk, parents):
        raise ValidationError({"provider": _("A unit cannot rate itself, what it belongs to, or its own parts.")})
    if since and until and until < since:
        raise ValidationError({"until": _("The last day is before the first. Choose a later one.")})
    others = ServiceLink.objects.filter(customer=customer, provider=provider).overlapping(since, until)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if (other := others.first()) is not None:
        if other.until is None:
            raise ValidationError({"provider": _("This link is there already.")})
        told = _("This link is there already until %(day)s. Let the new one begin later.") % {"day": other.until}
        raise ValidationError({"provider": told})


@transaction.atomic
def add(
    *,
    by: Employee | None,
    customer: Unit,
    provider: Unit,
    kind: str = "",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> ServiceLink:
    one_at_a_time()
    check(customer, provider, since, until)
    link = ServiceLink.objects.create(customer=customer, provider=provider, kind=kind.strip(), since=since, until=until)
    record(by, "service_link.added", link, customer=customer.path, provider=provider.path)
    return link


def one_at_a_time() -> None:
    """Until the transaction ends nobody else changes the map: two who add the same link are told so, both."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAP_LOCK])


@transaction.atomic
def change(
    *, by: Employee | None, link: ServiceLink, kind: str, since: dt.date | None, until: dt.date | None
) -> ServiceLink:
    """Another kind of service, other days. The pair stays: another pair is another link."""
    one_at_a_time()
    check(link.customer, link.provider, since, until, besides=link)
    link.kind, link.since, link.until = kind.strip(), since, until
    link.save(update_fields=["kind", "since", "until"])
    record(by, "service_link.changed", link, customer=link.customer.path, provider=link.provider.path, **_days(link))
    return link


def _days(link: ServiceLink) -> dict[str, dt.date | None]:
    return {"since": link.since, "until": link.until}


def was_used(link: ServiceLink) -> bool:
    """Whether a wave opened while the link was in the map."""
    waves = Wave.objects.exclude(opened_at=None)
    if link.since is not None:
        waves = waves.filter(opens_on__gte=link.since)
    if link.until is not None:
        waves = waves.filter(opens_on__lte=link.until)
    if link.added_at is not None:
        waves = waves.filter(opened_at__gte=link.added_at)
    return waves.exists()


@transaction.atomic
def remove(*, by: Employee | None, link: ServiceLink, today: dt.date | None = None) -> bool:
    """Take a link off the map: deleted if no wave ever asked by it, ended yesterday otherwise (True: ended)."""
    today = today or timezone.localdate()
    yesterday = today - dt.timedelta(days=1)
    if was_used(link) and (link.since is None or link.since <= yesterday):
        if link.until is None or link.until > yesterday:
            change(by=by, link=link, kind=link.kind, since=link.since, until=yesterday)
        return True
    record(by, "service_link.removed", link, customer=link.customer.path, provider=link.provider.path)
    link.delete()
    return False


@transaction.atomic
def accept_suggestions(*, by: Employee | None) -> int:
    one_at_a_time()
    pairs = suggest()
    made = ServiceLink.objects.bulk_create(
        (ServiceLink(customer=customer, provider=provider) for customer, provider in pairs), ignore_conflicts=True
    )
    record(by, "service_link.suggestions_accepted", "service map", links=len(made))
    return len(made)


@transaction.atomic
def set_pairs(
    *,
    by: Employee | None,
    add_pairs: Iterable[tuple[int, int]],
    end_pairs: Iterable[tuple[int, int]],
    today: dt.date,
    since: dt.date | None = None,
    kind: str = "",
) -> tuple[int, int]:
    """What the matrix sends: (customer, provider) pairs that are new, and those that are no more. All or nothing.

    A pair that somebody else added or took away meanwhile is left as it is. Raises ValidationError naming the pair.
    """
    one_at_a_time()
    adding, ending = sorted(set(add_pairs)), sorted(set(end_pairs))
    units = Unit.objects.open().in_bulk({pk for pair in adding for pk in pair})
    parents = parents_of_all()
    added = ended = 0
    for customer, provider in adding:
        if customer not in units or provider not in units:
            raise ValidationError(_("A unit of the matrix was closed meanwhile. Load the page again."))
        if ServiceLink.objects.filter(customer=customer, provider=provider).overlapping(since or today, None).exists():
            continue
        try:
            check(units[customer], units[provider], since, None, parents=parents)
        except ValidationError as error:
            told = {"customer": units[customer].path, "provider": units[provider].path, "why": error.messages[0]}
            raise ValidationError(_("%(customer)s ← %(provider)s: %(why)s") % told) from None
        link = ServiceLink.objects.create(
            customer=units[customer], provider=units[provider], kind=kind.strip(), since=since
        )
        record(by, "service_link.added", link, customer=link.customer.path, provider=link.provider.path)
        added += 1
    for link in pairs_on(ending, today).select_related("customer", "provider"):
        remove(by=by, link=link, today=today)
        ended += 1
    return added, ended


def pairs_on(pairs: Iterable[tuple[int, int]], day: dt.date) -> ServiceLinkQuerySet:
    """The links of these pairs in force on the day."""
    wanted = Q(pk__in=[])
    for customer, provider in pairs:
        wanted |= Q(customer=customer, provider=provider)
    return ServiceLink.objects.on(day).filter(wanted)
