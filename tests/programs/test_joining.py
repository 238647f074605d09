"""Who enters a cohort has its paths with the next tick, not only after the night."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from programs.planning import following
from programs.planning.models import Program
from programs.training import night
from programs.training.path_models import Path, PathEnrolment
from programs.training.path_rules import Conditions
from tests.conftest import make_person
from tests.programs.path_world import make_course, make_path, step
from tests.programs.test_planning import make_program


def test_a_joiner_finds_the_path_of_his_cohort_at_once(hr: Any, manager: Any, units: Any) -> None:
    today = timezone.localdate()
    program = make_program(hr, units)
    rules = {"Mine": Conditions(program=program.pk), "Other": Conditions(job_family="Nobody's")}
    mine, other = (
        make_path(hr, step(make_course(hr, name)), today=today, name=name, rules=[rule]) for name, rule in rules.items()
    )
    following.follow(Program.objects.get(pk=program.pk), today=today)
    Path.objects.update(evaluate=False)
    joiner = make_person("J1", units["Branch A"], hired_on=today)
    following.follow(Program.objects.get(pk=program.pk), today=today)
    assert dict(Path.objects.values_list("pk", "evaluate")) == {mine.pk: True, other.pk: False}
    assert night.evaluate_changed(now=timezone.now()) == 1
    assert PathEnrolment.objects.filter(path=mine, employee=joiner).exists()
    # Nobody came: nothing is worked out anew.
    following.follow(Program.objects.get(pk=program.pk), today=today)
    assert not Path.objects.filter(evaluate=True).exists()
