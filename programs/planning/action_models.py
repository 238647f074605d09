"""What a unit does about its results, and what it promises another unit."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from culture.framework.models import Requirement
from culture.people.models import Unit
from surveys.waves.models import Wave


class Action(models.Model):
    """One thing to be done: what, who, by when. With ``promised_to`` it is a promise of ``unit`` to that unit.

    ``wave``: the released results it answers. Ended (done or dropped) it is not changed any more.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("action", "Open")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="actions")
    promised_to = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="promises")
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, blank=True, related_name="+")
    requirement = models.ForeignKey(Requirement, models.PROTECT, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="actions")
    due_on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    ended_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_on = models.DateField()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("created_on")), name="action_due_after_made"),
            models.CheckConstraint(
                condition=Q(promised_to__isnull=True) | ~Q(promised_to=F("unit")), name="promise_to_another"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_on__isnull=True)
                | Q(state="done", ended_on__isnull=False)
                | (Q(state="dropped", ended_on__isnull=False) & ~Q(outcome="")),
                name="action_ended_with_a_day",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(state="open"), name="action_open_due")]
