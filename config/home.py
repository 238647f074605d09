"""The front door: each persona lands where his work is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from culture.access.permissions import Permission, can

# The first line whose permission the visitor holds decides.
LANDINGS = (
    (Permission.MANAGE_PROGRAMS, ("planning:list",)),
    (Permission.SEE_SCORECARD, ("reports:index", "reports:list", "reports:scorecard", "planning:list")),
    (Permission.SEE_AUDIT, ("access:audit",)),
    (Permission.MANAGE_PEOPLE, ("people:employees",)),
    (Permission.WRITE_COURSES, ("training:courses",)),
    (Permission.SEE_TEAM_TRAINING, ("results:list", "results:index", "training:team")),
    (Permission.DO_TRAINING, ("training:my_training",)),
)


def home(request: HttpRequest) -> HttpResponse:
    """To the programs, the scorecard, the team or one's own training."""
    assert request.user.is_authenticated
    for permission, names in LANDINGS:
        if can(request.user, permission):
            for name in names:
                try:
                    return redirect(reverse(name))
                except NoReverseMatch:
                    continue
    return redirect("account_logout")
