"""Taking a course back from a cohort that should not have it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from culture.access import clock
from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.training import assign_forms, assigning
from programs.training.models import Course


@require(Permission.MANAGE_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, pk: int, cohort_pk: int) -> HttpResponse:
    """First with how many it touches; then, with a reason, done."""
    me = cast(Employee, request.user)
    course, cohort = get_object_or_404(Course, pk=pk), get_object_or_404(assigning.cohorts_of(me), pk=cohort_pk)
    form = assign_forms.TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            found = assigning.take_back(
                by=me, course=course, cohort=cohort, reason=form.cleaned_data["reason"], today=clock.today()
            )
        except ValidationError as error:
            for key, texts in error.message_dict.items():
                form.add_error(key if key in form.fields else None, texts)  # type: ignore[arg-type]
        else:
            told = ngettext("It is asked of %(n)s person no more.", "It is asked of %(n)s people no more.", found.asked)
            messages.success(request, told % {"n": found.asked})
            return redirect("training:detail", pk)
    context = {"course": course, "cohort": cohort, "form": form, "found": assigning.preview(course, cohort)}
    return render(request, "programs/training/take_back.html", context, status=422 if form.errors else 200)
