"""What reports hold about a person: what he wrote and worked out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from culture.people import rights


def register() -> None:
    """Called when the apps are ready."""
    rights.authored("programs.CostEstimate", "by", title=_("Estimates of what poor service costs"), name="note")
    rights.published("programs.CostEstimate", reason="An estimate is kept with all that went into it, for good.")
