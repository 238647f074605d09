"""What was seen of people's behaviour, and how often it must be seen before it counts as something they can."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from culture.framework.models import Behaviour, Requirement
from programs.training.slots import Needed, Seen, Sighting


class Observation(models.Model):
    """One observer, one person, one behaviour, one day. Never changed: a slip is withdrawn and stays on record."""

    class What(models.TextChoices):
        SEEN = Seen.SEEN.value, _("Seen")
        NOT_YET = Seen.NOT_YET.value, _("Not yet")
        NOT_APPLICABLE = Seen.NOT_APPLICABLE.value, _("Not applicable")

    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="observations")
    observer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    behaviour = models.ForeignKey(Behaviour, models.PROTECT, related_name="+")
    on = models.DateField()
    what = models.CharField(max_length=16, choices=What.choices)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-on", "-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(employee=F("observer")), name="nobody_observes_himself"),
            models.CheckConstraint(condition=Q(what__in=[seen.value for seen in Seen]), name="observation_what"),
            models.UniqueConstraint(
                fields=["employee", "observer", "behaviour", "on"],
                condition=Q(withdrawn_at__isnull=True),
                name="observed_once_a_day",
            ),
        ]

    def sighting(self, needed: Needed) -> Sighting:
        """``needed``: the rule of the moment at which it was noted."""
        return Sighting(self.on, self.observer_id, Seen(self.what), needed)  # type: ignore[attr-defined]


class SightingRule(models.Model):
    """How often a behaviour must be seen; the one without a behaviour is for all that have none of their own.

    Never changed: ended, and another one made, so that what was noted is judged by the rule it was noted under.
    """

    behaviour = models.ForeignKey(Behaviour, models.CASCADE, null=True, blank=True, related_name="+")
    sightings = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1), MaxValueValidator(20)])
    observers = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1), MaxValueValidator(20)])
    days = models.PositiveSmallIntegerField(default=90, validators=[MinValueValidator(1), MaxValueValidator(730)])
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(observers__gte=1, days__gte=1) & Q(observers__lte=F("sightings")),
                name="sighting_rule_can_be_met",
            ),
            models.UniqueConstraint(
                fields=["behaviour"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="sighting_rule_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("since")), name="sighting_rule_in_order"
            ),
        ]

    @property
    def needed(self) -> Needed:
        return Needed(self.sightings, self.observers, self.days)


class ShownBy(models.Model):
    """Which attitudes HR says show a requirement (none: it is shown by none); without a row the suggestion holds."""

    requirement = models.OneToOneField(Requirement, models.CASCADE, related_name="+")
    behaviours = models.ManyToManyField(Behaviour, blank=True, related_name="+")
