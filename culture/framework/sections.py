"""How the framework is laid out for reading: sections, each with groups of one kind of entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from culture.framework.models import KINDS, CatalogueEntry, Requirement

SOURCES = {
    "IT1": _("Models of service and attitude"),
    "RO": _("Purpose of customer service"),
    "ZH": _("Satisfaction and the service triangle"),
    "FR": _("Winning loyalty"),
    "IT2": _("Memorable service"),
}


@dataclass(frozen=True)
class Group:
    """``key`` is the dimension or kind of its entries, empty for all of a model; ``intro`` stands under the title."""

    kind: str
    key: str
    title: Any
    intro: Any = ""

    @property
    def anchor(self) -> str:
        return self.key or self.kind


@dataclass(frozen=True)
class Section:
    anchor: str
    title: Any
    groups: tuple[Group, ...]
    intro: Any = ""


SECTIONS = (
    Section(
        "requirements",
        _("Requirements"),
        (
            Group("requirements", "want", _("Want"), _("Willing to give good service")),
            Group("requirements", "know", _("Know"), _("Knows how to give quality service")),
            Group("requirements", "can", _("Can"), _("Is enabled to give good service")),
        ),
        _(
            "The barrier of a person or group is the first of want, know and can that falls short: training does not "
            "help someone who does not want to, or is not allowed to."
        ),
    ),
    Section(
        "behaviours",
        _("Behaviours"),
        (
            Group("behaviours", "attitude", _("Attitudes to show")),
            Group("behaviours", "sin", _("Sins of service")),
            Group("behaviours", "sign", _("Signs of bad service")),
        ),
    ),
    Section(
        "conditions",
        _("Conditions for success"),
        (
            Group("conditions", "success", _("What the organisation needs")),
            Group("conditions", "duty", _("Duties of HR")),
            Group("notions", "tool", _("Tools of HR")),
        ),
    ),
    Section("practices", _("Practices for every day"), (Group("practices", "", _("Practices")),)),
    Section(
        "customers",
        _("With the customer"),
        (
            Group("notions", "customer", _("Four kinds of customer"), _("and what each of them needs")),
            Group("notions", "step", _("Five steps of communication")),
            Group("notions", "skill", _("Four skills")),
            Group("notions", "premise", _("Two premises")),
        ),
    ),
    Section(
        "ideas",
        _("How it is judged"),
        (
            Group("notions", "stage", _("Stages in which a culture is acquired")),
            Group("notions", "quadrant", _("Four kinds of service organisation"), _("treatment × competence")),
            Group("notions", "outcome", _("What customers tell afterwards")),
            Group("notions", "satisfier", _("Satisfiers"), _("extra and unexpected: grown second")),
            Group("notions", "dissatisfier", _("Dissatisfiers"), _("basics, taken for granted: repaired first")),
        ),
    ),
    Section(
        "figures",
        _("Figures the texts give"),
        (Group("figures", "", _("Figures")),),
        _("Where the texts disagree, both figures stay, each with its source."),
    ),
)
GROUPS = tuple(group for section in SECTIONS for group in section.groups)
# What a profile may name, in the order of the matrix.
ASKED = tuple(group for group in GROUPS if group.kind in ("requirements", "behaviours"))


def key_of(entry: CatalogueEntry) -> str:
    return entry.dimension if isinstance(entry, Requirement) else getattr(entry, "kind", "")


def group_of(entry: CatalogueEntry) -> Group:
    return next(g for g in GROUPS if isinstance(entry, KINDS[g.kind]) and g.key in ("", key_of(entry)))


def everything() -> dict[str, list[CatalogueEntry]]:
    """All entries by kind, one query each."""
    return {kind: list(model._default_manager.all()) for kind, model in KINDS.items()}


def of_group(group: Group, entries: Iterable[CatalogueEntry]) -> list[CatalogueEntry]:
    return [entry for entry in entries if group.key in ("", key_of(entry))]
