"""What training adds to a program's overview: progress per cohort, and what is overdue."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.planning.models import Program
from programs.planning.panels import Need, Part, contribute
from programs.training import queries


@contribute
def training(program: Program, today: dt.date) -> Part:
    rows = queries.in_program(program, today)
    needs = []
    late = sum(row["late"] for row in rows)
    if late:
        told = ngettext("%(n)s assignment is overdue", "%(n)s assignments are overdue", late) % {"n": late}
        worst = max(rows, key=lambda row: row["late"])
        text = _("Most of them in %(cohort)s: %(n)s") % {"cohort": worst["cohort__name"], "n": worst["late"]}
        needs.append(Need(told, text, reverse("training:team")))
    if not rows:
        text = _("Give the first cohort something to learn")
        needs.append(Need(_("No course is assigned yet"), text, reverse("training:courses")))
    return Part("programs/training/_in_program.html", {"rows": rows}, needs)
