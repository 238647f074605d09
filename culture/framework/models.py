"""The subject matter: what the culture asks of people, and of the organisation.

Every entry carries two layers of words: the catalogue's (``text``, ``detail``: only loading writes them) and the
organisation's (``tailored_text``, ``tailored_detail``: only tailoring writes them). What is shown is both, merged.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from culture.framework.texts import pick

FIRST_OWN_POSITION = 1000


class Dimension(models.TextChoices):
    WANT = "want", _("Want")
    KNOW = "know", _("Know")
    CAN = "can", _("Can")


class Level(models.IntegerChoices):
    """How deep something shall go: the four stages in which a culture is acquired."""

    INFORMATION = 1, _("Information")
    ATTITUDE = 2, _("Attitude")
    BEHAVIOUR = 3, _("Behaviour")
    CULTURE = 4, _("Culture")


class EntryQuerySet(models.QuerySet):
    """Old records keep pointing at every entry; whoever offers a choice asks for the active ones."""

    def active(self) -> EntryQuerySet:
        """Neither switched off by the organisation nor (unless it reworded it) withdrawn from the catalogue."""
        return self.filter(Q(withdrawn_in__isnull=True) | ~Q(tailored_text={}), off_since__isnull=True)


class CatalogueEntry(models.Model):
    """One line of the framework. ``source`` is a letter of framework.md, empty for the organisation's own entries."""

    code = models.CharField(max_length=8, unique=True)
    position = models.PositiveSmallIntegerField()
    text = models.JSONField(default=dict, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    source = models.CharField(max_length=16, blank=True)
    changed_in = models.PositiveSmallIntegerField(default=1, help_text="catalogue version that last changed the words")
    withdrawn_in = models.PositiveSmallIntegerField(null=True, blank=True)
    own = models.BooleanField(default=False)
    off_since = models.DateTimeField(null=True, blank=True)
    tailored_text = models.JSONField(default=dict, blank=True)
    tailored_detail = models.JSONField(default=dict, blank=True)
    tailored_from = models.PositiveSmallIntegerField(null=True, blank=True, help_text="catalogue version reworded")
    tailored_base = models.JSONField(default=dict, blank=True, help_text="the catalogue's words at that time")

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code"]
        constraints = [
            # The catalogue never uses X as a second letter, so that its later codes cannot meet an organisation's.
            models.CheckConstraint(
                condition=Q(own=True, code__regex="^[A-Z]X[0-9]+$") | (Q(own=False) & ~Q(code__regex="^[A-Z]X[0-9]+$")),
                name="%(class)s_own_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def words(self) -> dict[str, str]:
        """``{language: text}`` as the organisation shows it."""
        return {**self.text, **self.tailored_text}

    @property
    def explanations(self) -> dict[str, str]:
        return {**self.detail, **self.tailored_detail}

    @property
    def label(self) -> str:
        """The text in the reader's language, as the organisation words it."""
        return pick(self.words)

    @property
    def explanation(self) -> str:
        return pick(self.explanations)

    @property
    def is_active(self) -> bool:
        return self.off_since is None and (self.withdrawn_in is None or bool(self.tailored_text))

    @property
    def is_reworded(self) -> bool:
        return not self.own and bool(self.tailored_text or self.tailored_detail)

    @property
    def is_tailored(self) -> bool:
        """Anything here differs from what the catalogue would show."""
        return self.own or self.off_since is not None or self.is_reworded

    @property
    def has_newer(self) -> bool:
        """The catalogue changed its words after the organisation reworded them."""
        return self.is_reworded and self.tailored_from is not None and self.changed_in > self.tailored_from


class AskedEntry(CatalogueEntry):
    """What is asked of people; the organisation may add of whom, when, and what must come before."""

    who = models.JSONField(default=dict, blank=True)
    moment = models.JSONField(default=dict, blank=True)
    before = models.JSONField(default=dict, blank=True)
    prerequisites = ArrayField(models.CharField(max_length=8), default=list, blank=True)

    class Meta(CatalogueEntry.Meta):
        abstract = True

    @property
    def is_tailored(self) -> bool:
        return super().is_tailored or bool(self.who or self.moment or self.before or self.prerequisites)


class Requirement(AskedEntry):
    dimension = models.CharField(max_length=4, choices=Dimension.choices)

    class Meta(AskedEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(dimension__in=Dimension.values), name="requirement_dimension"),
        ]


class Behaviour(AskedEntry):
    class Kind(models.TextChoices):
        ATTITUDE = "attitude", _("Attitude to show")
        SIN = "sin", _("Sin of service")
        SIGN = "sign", _("Sign of bad service")

    kind = models.CharField(max_length=8, choices=Kind.choices)

    class Meta(AskedEntry.Meta):
        pass


class Condition(CatalogueEntry):
    """A condition for success (S1–S10) or a duty of HR (H1–H4)."""

    class Kind(models.TextChoices):
        SUCCESS = "success", _("Condition for success")
        DUTY = "duty", _("Duty of HR")

    kind = models.CharField(max_length=8, choices=Kind.choices)

    class Meta(CatalogueEntry.Meta):
        pass


class Practice(CatalogueEntry):
    class Meta(CatalogueEntry.Meta):
        pass


class Notion(CatalogueEntry):
    """An idea of the texts that is read and referred to, but asks nothing of anybody by itself."""

    class Kind(models.TextChoices):
        STAGE = "stage", _("Stage of a culture")
        QUADRANT = "quadrant", _("Kind of service organisation")
        OUTCOME = "outcome", _("Outcome people tell")
        SATISFIER = "satisfier", _("Satisfier")
        DISSATISFIER = "dissatisfier", _("Dissatisfier")
        CUSTOMER = "customer", _("Kind of customer")
        STEP = "step", _("Step of communication")
        SKILL = "skill", _("Skill")
        PREMISE = "premise", _("Premise")
        TOOL = "tool", _("Tool of HR")

    kind = models.CharField(max_length=12, choices=Kind.choices)

    class Meta(CatalogueEntry.Meta):
        pass


class Figure(CatalogueEntry):
    """A number a text gives. Figures about the same ``subject`` disagree with each other; all are kept."""

    class Unit(models.TextChoices):
        PERCENT = "percent", _("%")
        PEOPLE = "people", _("people")
        TIMES = "times", _("times")

    value = models.DecimalField(max_digits=10, decimal_places=2)
    unit = models.CharField(max_length=8, choices=Unit.choices)
    subject = models.CharField(max_length=40)
    tailored_value = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta(CatalogueEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(tailored_value__isnull=True)
                | (Q(tailored_value__gte=0) & (~Q(unit="percent") | Q(tailored_value__lte=100))),
                name="figure_value_possible",
            ),
        ]

    @property
    def amount(self) -> Decimal:
        """The organisation's own number where it has one, else the text's."""
        return self.value if self.tailored_value is None else self.tailored_value

    @property
    def is_reworded(self) -> bool:
        return super().is_reworded or (not self.own and self.tailored_value is not None)


class CatalogueVersion(models.Model):
    """A version of the catalogue that was loaded here; ``changed`` are the codes whose words it wrote."""

    number = models.PositiveSmallIntegerField(unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)
    counts = models.JSONField(default=dict)
    changed = models.JSONField(default=list)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return str(self.number)


class TailoringChange(models.Model):
    """Who changed what of the organisation's copy, when and why. Append-only: a trigger refuses anything else."""

    class Verb(models.TextChoices):
        ADD = "add", _("added")
        REWORD = "reword", _("reworded")
        SWITCH_OFF = "switch_off", _("switched off")
        SWITCH_ON = "switch_on", _("switched on")
        RESTORE = "restore", _("restored from the catalogue")
        KEEP = "keep", _("kept over the newer catalogue text")
        PROFILE = "profile", _("changed the levels")

    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    verb = models.CharField(max_length=12, choices=Verb.choices)
    kind = models.CharField(max_length=16)
    code = models.CharField(max_length=140, help_text="of the entry, or the job family of the profile")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "code"], name="tailoring_kind_code")]


class RequirementProfile(models.Model):
    """What matters for one job family; the default one (no family) is for everybody else."""

    job_family = models.CharField(max_length=120, blank=True)
    is_default = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-is_default", "job_family"]
        constraints = [
            models.UniqueConstraint(models.functions.Lower("job_family"), name="profile_family_once"),
            models.CheckConstraint(
                condition=Q(is_default=True, job_family="") | (Q(is_default=False) & ~Q(job_family="")),
                name="profile_default_has_no_family",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(_("Everybody else")) if self.is_default else self.job_family


class ProfileLine(models.Model):
    """One requirement or behaviour, and the level expected; no line, nothing expected."""

    profile = models.ForeignKey(RequirementProfile, models.CASCADE, related_name="lines")
    requirement = models.ForeignKey(Requirement, models.PROTECT, null=True, blank=True, related_name="+")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, null=True, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField(choices=Level.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(requirement__isnull=False, behaviour__isnull=True)
                | Q(requirement__isnull=True, behaviour__isnull=False),
                name="profile_line_about_one",
            ),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="profile_line_level"),
            models.UniqueConstraint(fields=["profile", "requirement"], name="profile_requirement_once"),
            models.UniqueConstraint(fields=["profile", "behaviour"], name="profile_behaviour_once"),
        ]

    @property
    def entry(self) -> AskedEntry:
        found: Any = self.requirement or self.behaviour
        return found


KINDS: dict[str, type[CatalogueEntry]] = {
    "requirements": Requirement,
    "behaviours": Behaviour,
    "conditions": Condition,
    "practices": Practice,
    "notions": Notion,
    "figures": Figure,
}
"""The catalogue's data files, the addresses and the API, by the same words."""


def kind_of(entry: CatalogueEntry) -> str:
    return next(kind for kind, model in KINDS.items() if isinstance(entry, model))


__all__ = [
    "FIRST_OWN_POSITION", "KINDS", "AskedEntry", "Behaviour", "CatalogueEntry", "CatalogueVersion", "Condition",
    "Dimension", "Figure", "Level", "Notion", "Practice", "ProfileLine", "Requirement", "RequirementProfile",
    "TailoringChange", "kind_of",
]  # fmt: skip
