"""Writing the rules of points; every change is in the audit trail."""

from __future__ import annotations

from django.db import transaction
from django.forms.models import model_to_dict

from culture.access import audit
from culture.people.models import Employee
from programs.recognition.point_models import AllowanceRule, PointRules


@transaction.atomic
def save(rules: PointRules, *, by: Employee) -> None:
    before = PointRules.objects.select_for_update().filter(pk=1).first() or PointRules(pk=1)
    old, new = model_to_dict(before), model_to_dict(rules)
    rules.pk = 1
    rules.save()
    changed = {name: [old[name], value] for name, value in new.items() if name != "id" and old[name] != value}
    audit.record(by, "points.rules", "points", **changed)


@transaction.atomic
def add(rule: AllowanceRule, *, by: Employee) -> None:
    rule.save()
    audit.record(by, "points.allowance", "points", base=rule.base, per_report=rule.per_report, purse=rule.purse)


@transaction.atomic
def remove(rule: AllowanceRule, *, by: Employee) -> None:
    audit.record(by, "points.no_allowance", "points", base=rule.base, per_report=rule.per_report, purse=rule.purse)
    rule.delete()
