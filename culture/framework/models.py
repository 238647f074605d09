"""The subject matter: what the culture asks of people, and of the organisation."""

from django.db import models

from culture.framework.texts import pick


class Dimension(models.TextChoices):
    WANT = "want", "Want"
    KNOW = "know", "Know"
    CAN = "can", "Can"


class CatalogueEntry(models.Model):
    """One line of the catalogue. ``text`` is ``{language: text}``; ``source`` a letter of framework.md."""

    code = models.CharField(max_length=8, unique=True)
    position = models.PositiveSmallIntegerField()
    text = models.JSONField(default=dict)
    source = models.CharField(max_length=16)

    class Meta:
        abstract = True
        ordering = ["position"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """The text in the reader's language."""
        return pick(self.text)


class Requirement(CatalogueEntry):
    dimension = models.CharField(max_length=4, choices=Dimension.choices)

    class Meta(CatalogueEntry.Meta):
        constraints = [
            models.CheckConstraint(condition=models.Q(dimension__in=Dimension.values), name="requirement_dimension")
        ]


class Behaviour(CatalogueEntry):
    class Kind(models.TextChoices):
        ATTITUDE = "attitude", "Attitude to show"
        SIN = "sin", "Sin of service"
        SIGN = "sign", "Sign of bad service"

    kind = models.CharField(max_length=8, choices=Kind.choices)


class Condition(CatalogueEntry):
    """A condition for success (S1–S10) or a duty of HR (H1–H4)."""

    class Kind(models.TextChoices):
        SUCCESS = "success", "Condition for success"
        DUTY = "duty", "Duty of HR"

    kind = models.CharField(max_length=8, choices=Kind.choices)


class Practice(CatalogueEntry):
    detail = models.JSONField(default=dict)


__all__ = ["Behaviour", "CatalogueEntry", "Condition", "Dimension", "Practice", "Requirement"]
