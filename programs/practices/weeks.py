"""What is told of a week is worked out once, when it is over, and kept: see ``figures``."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef

from programs.planning.models import Enrolment
from programs.practices import counting, figures, switching
from programs.practices.models import PracticeKeeper, PracticeWeek

BATCH = 2000


@transaction.atomic
def keep(*, today: dt.date, now: dt.datetime) -> bool:
    """Work out the week that was over last; False: it is there already, or nobody keeps practices."""
    last = counting.window(today)[1]
    if PracticeWeek.objects.filter(until=last).exists() or not switching.programs().exists():
        return False
    told = figures.work_out(today)
    _week, made = PracticeWeek.objects.get_or_create(until=last, defaults={"at": now, "told": told})
    if made:
        see(today=today)
    return made


def see(*, today: dt.date) -> int:
    """Note who keeps practices today, and forget who does so no more; returns how many are new."""
    here = switching.enrolments(today)
    still = Enrolment.objects.filter(pk__in=here, program=OuterRef("program"), employee=OuterRef("employee"))
    PracticeKeeper.objects.exclude(Exists(still)).delete()
    known = set(PracticeKeeper.objects.order_by().values_list("program", "employee"))
    new = [pair for pair in here.values_list("program", "employee") if pair not in known]
    rows = [PracticeKeeper(program_id=program, employee_id=person, since=today) for program, person in new]
    PracticeKeeper.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    return len(rows)
