"""The first HR admin comes by the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from culture.access.models import AuditEntry, Grant
from culture.access.permissions import Permission, can
from culture.people.models import Employee


def grant(*words: str) -> str:
    out = StringIO()
    call_command("grant", *words, stdout=out)
    return out.getvalue()


def test_grants_once_and_leaves_a_trace(employee: Employee) -> None:
    assert not can(employee, Permission.MANAGE_PEOPLE)
    assert "is now HR admin of the whole organisation" in grant(employee.email or "", "hr_admin")
    assert "was already" in grant(employee.number, "hr_admin")
    assert can(Employee.objects.get(pk=employee.pk), Permission.MANAGE_PEOPLE)
    assert AuditEntry.objects.filter(verb="grant.given", subject=f"employee:{employee.pk}").count() == 1


def test_refuses_whom_and_what_it_does_not_know(employee: Employee) -> None:
    with pytest.raises(CommandError, match="Nobody employed today"):
        grant("nobody@meridian.test", "hr_admin")
    with pytest.raises(CommandError, match="No unit has the path"):
        grant(employee.number, "executive", "--unit", "Mars")
    assert not Grant.objects.filter(employee=employee).exists()
