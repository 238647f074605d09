"""The service map: which unit uses the service of which."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from culture.access.audit import record
from culture.people.models import Employee, Unit
from surveys.waves.assignment import line_of
from surveys.waves.models import ServiceLink

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


def suggest() -> list[tuple[Unit, Unit]]:
    """(customer, provider) pairs HR may accept: units beside a support unit that are not support themselves.

    Customers are taken at the level just below the top: links hold for everything below them.
    """
    units = {unit.pk: unit for unit in Unit.objects.order_by("path")}
    parents = {pk: unit.parent_id for pk, unit in units.items()}
    known = set(ServiceLink.objects.values_list("customer_id", "provider_id"))
    support = {pk for pk, unit in units.items() if SUPPORT_WORDS.search(unit.name)}
    providers = [pk for pk in units if pk in support and not (set(line_of(pk, parents)[1:]) & support)]
    customers = [
        pk
        for pk, unit in units.items()
        if unit.parent_id is not None
        and units[unit.parent_id].parent_id is None
        and not (set(line_of(pk, parents)) & support)
    ]
    pairs = [
        (units[customer], units[provider])
        for customer in customers
        for provider in providers
        if (customer, provider) not in known and not _related(customer, provider, parents)
    ]
    return pairs[:SUGGESTED_AT_MOST]


@transaction.atomic
def add(*, by: Employee | None, customer: Unit, provider: Unit, kind: str = "") -> ServiceLink:
    if _related(customer.pk, provider.pk, dict(Unit.objects.values_list("pk", "parent_id"))):
        raise ValidationError({"provider": _("A unit cannot rate itself, what it belongs to, or its own parts.")})
    link, created = ServiceLink.objects.get_or_create(customer=customer, provider=provider, defaults={"kind": kind})
    if not created:
        raise ValidationError({"provider": _("This link is there already.")})
    record(by, "service_link.added", link, customer=customer.path, provider=provider.path)
    return link


@transaction.atomic
def accept_suggestions(*, by: Employee | None) -> int:
    pairs = suggest()
    ServiceLink.objects.bulk_create(
        (ServiceLink(customer=customer, provider=provider) for customer, provider in pairs), ignore_conflicts=True
    )
    record(by, "service_link.suggestions_accepted", "service map", links=len(pairs))
    return len(pairs)


@transaction.atomic
def remove(*, by: Employee | None, link: ServiceLink) -> None:
    record(by, "service_link.removed", link, customer=link.customer.path, provider=link.provider.path)
    link.delete()


def _related(one: int, other: int, parents: dict[int, int | None]) -> bool:
    return other in line_of(one, parents) or one in line_of(other, parents)
