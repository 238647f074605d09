"""What reports hold about a person: what he wrote and worked out."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from culture.people import rights


def register() -> None:
    """Called when the apps are ready."""
    rights.authored("programs.CostEstimate", "by", title=_("Estimates of what poor service costs"), name="note")
    rights.published("programs.CostEstimate", reason="An estimate is kept with all that went into it, for good.")
    rights.authored("programs.Benchmark", "by", title=_("Public figures I wrote down"), name="source")
    rights.published("programs.Benchmark", reason="A public figure is kept with its source and every correction.")
    rights.authored("programs.YearComment", "by", title=_("What I said of a program's year"), name="text")
    rights.published("programs.YearComment", reason="A signed comment is never changed; who is erased is not named.")
    rights.published("programs.KeptPlan", reason="A plan is kept as it stood; it names no person.")
