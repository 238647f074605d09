"""What codes say in words: outcomes, the four words, why not a stronger one, what would make it clearer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# key → (name, what its points are, what it is)
OUTCOMES: dict[str, tuple[Any, Any, Any]] = {
    "served": (
        _("served by colleagues"),
        _("points of 100"),
        _("How other units rate the service they get from a unit. The start of the unit that serves counts."),
    ),
    "want": (_("want"), _("points of 100"), _("What people say of wanting to give good service.")),
    "know": (_("know"), _("points of 100"), _("What people say of knowing how to give good service.")),
    "can": (_("can"), _("points of 100"), _("What people say of being allowed and enabled to give good service.")),
    "training": (
        _("training valid"),
        _("percentage points"),
        _("Of the program's courses, the share that people hold as completed and valid."),
    ),
    "recognised": (_("recognised"), _("percentage points"), _("Share of people thanked in the 90 days before.")),
    "observed": (
        _("seen behaving so"),
        _("percentage points"),
        _("Share of people of whom a behaviour was observed in the 90 days before."),
    ),
}
WORDS: dict[str, Any] = {
    "clear": _("clear"),
    "likely": _("likely"),
    "early": _("too early to tell"),
    "none": _("no difference that matters"),
}
# code → (why, what would make it clearer)
WHY: dict[str, tuple[Any, Any]] = {
    "no_series": (
        _("No survey series measures this program."),
        _("Give the program a survey series; its first wave is the starting point."),
    ),
    "no_wave": (
        _("No wave of its survey has been released and shared with leaders yet."),
        _("The first wave is the starting point; with the second there is something to compare."),
    ),
    "one_wave": (
        _("There is one wave only: a starting point, but nothing to compare it with."),
        _("The next wave. Keep at least one cohort that has not begun by then."),
    ),
    "no_blocks": (
        _("No group of a cohort is shown in every wave: too few people answer, or the groups changed too much."),
        _("More people answering, or reporting small units together from wave to wave."),
    ),
    "one_cohort": (
        _("All groups that can be used belong to one cohort: there is nobody to compare with."),
        _("A second cohort that starts later. One cohort alone is a before and after, and everything else moved too."),
    ),
    "not_started": (
        _("No cohort has had a wave after its start yet."),
        _("The first wave after the first start."),
    ),
    "all_at_once": (
        _("All cohorts started at once: there is no time in which some had begun and others had not."),
        _("It cannot be made up for. Start what comes next in steps, at best in an order drawn by lot."),
    ),
    "no_baseline": (
        _("Whoever has begun had begun before the first wave: there is no starting point to measure from."),
        _("The cohorts still to come: each needs one wave before it starts."),
    ),
    "rest_before": (
        _("Cohorts with a wave before their start began at once, the others before the first: nobody to compare with."),
        _("The cohorts still to come: each needs one wave before it starts."),
    ),
    "few_cohorts": (
        _("Too few cohorts: what happens to one whole cohort for other reasons cannot be told apart from the program."),
        _("More cohorts: at least four that start at different times, two of them begun."),
    ),
    "few_waves": (
        _("Too few waves to tell chance from change."),
        _("One or two more waves before the last cohort begins."),
    ),
    "moved_before": (
        _("Cohorts that began were already moving differently from the others before they began."),
        _("More waves before the start of those to come; an order drawn by lot avoids it."),
    ),
    "drifting": (
        _("Half of it could be the going on of a difference that was growing before the start."),
        _("More waves before the start of those to come; an order drawn by lot avoids it."),
    ),
    "rebound": (
        _("Half of it could be a return to what was: just before they began cohorts had moved the other way."),
        _("More waves before the start of those to come; an order drawn by lot avoids it."),
    ),
    "wide": (
        _("The interval is still wide: the difference could be chance."),
        _("More waves, and cohorts that start at different times, make it narrower."),
    ),
    "lots": (
        _("Starts were drawn by lot, and other draws would have shown as much too often by chance alone."),
        _("More cohorts in the draw, or more waves."),
    ),
    "many": (
        _("It would be clear alone, but not among all the outcomes looked at."),
        _("More waves; or wait for the outcome the program is judged by."),
    ),
}
LEFT: dict[str, Any] = {
    "outside": _("in no cohort: it was never meant to start"),
    "mixed": _("reported together, though its people are of different cohorts, or many of them of none"),
    "hidden": _("hidden for privacy in a wave that is used"),
    "not_asked": _("nobody is asked about it by itself"),
    "not_there": _("not there in every wave that is used"),
}
LEFT_WAVES: dict[str, Any] = {
    "hidden": _("everything in it is hidden for privacy"),
    "costs": _("using it would have cost many groups that it does not show"),
    "changed": _("its questions were asked another way"),
}


def signed(points: float) -> str:
    """As “+6.2”, with a real minus sign."""
    told = f"{points:+.1f}"
    return "0.0" if told in ("+0.0", "-0.0") else told.replace("-", "−")
