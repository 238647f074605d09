"""Sessions: planned and marked by who assigns courses, taken and given up by who learns."""

from __future__ import annotations

import csv
import datetime as dt
import zoneinfo
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import clock
from culture.access.models import Grant, Role
from culture.access.permissions import Permission, require, sees_everything, visible_units
from culture.people.exporting import harmless
from culture.people.models import Employee
from programs.training import calendar, courses, sessions
from programs.training.models import Course
from programs.training.session_models import Seat, Session

LARGEST_FILE = 500_000
SOONEST = dt.timedelta(days=7)
SATURDAY = 5


class SessionForm(forms.Form):
    """Day and hours are meant in the time zone given."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    begins = forms.TimeField(
        label=gettext_lazy("Begins"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(label=gettext_lazy("Ends"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    time_zone = forms.CharField(label=gettext_lazy("Time zone"), max_length=64)
    place = forms.CharField(
        label=gettext_lazy("Place"), max_length=300, help_text=gettext_lazy("A room, an address or a link.")
    )
    capacity = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=sessions.MOST_SEATS)
    trainer = forms.ModelChoiceField(label=gettext_lazy("Trainer"), queryset=Employee.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = Grant.objects.filter(role__in=[Role.TRAINER, Role.HR_ADMIN]).in_force(clock.today())
        people = Employee.objects.here(clock.today()).filter(pk__in=roles.values("employee"))
        self.fields["trainer"].queryset = people  # type: ignore[attr-defined]
        self.fields["trainer"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"].strip()
        if zone not in zoneinfo.available_timezones():
            raise ValidationError(_("Choose a time zone such as Europe/Rome."))
        return str(zone)

    def plan(self) -> sessions.Plan:
        data = self.cleaned_data
        zone = zoneinfo.ZoneInfo(data["time_zone"])
        return sessions.Plan(
            starts_at=dt.datetime.combine(data["day"], data["begins"], zone),
            ends_at=dt.datetime.combine(data["day"], data["ends"], zone),
            time_zone=data["time_zone"],
            place=data["place"],
            capacity=data["capacity"],
            trainer=data["trainer"],
        )

    def refuse(self, error: ValidationError) -> None:
        fields = {"starts_at": "begins", "ends_at": "ends"}
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for key, texts in error.message_dict.items():
            field = fields.get(key, key)
            self.add_error(field if field in self.fields else None, texts)  # type: ignore[arg-type]


def _initial(session: Session | None, user: Employee) -> dict[str, Any]:
    if session is None:
        day = clock.today() + SOONEST
        day += dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)
        hours = {"day": day, "begins": dt.time(9), "ends": dt.time(11)}
        return {**hours, "capacity": 12, "trainer": user.pk, "time_zone": str(clock.zone())}
    start, end = session.local(session.starts_at), session.local(session.ends_at)
    return {
        "day": start.date(),
        "begins": start.time(),
        "ends": end.time(),
        "time_zone": session.time_zone,
        "place": session.place,
        "capacity": session.capacity,
        "trainer": session.trainer_id,  # type: ignore[attr-defined]
    }


@require(Permission.MANAGE_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Course, pk=pk), None)


@require(Permission.MANAGE_TRAINING)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    session = get_object_or_404(Session.objects.select_related("course"), pk=pk)
    return _edit(request, session.course, session)


def _edit(request: HttpRequest, course: Course, session: Session | None) -> HttpResponse:
    form = SessionForm(request.POST if request.method == "POST" else None, initial=_initial(session, _me(request)))
    if request.method == "POST" and form.is_valid():
        try:
            if session is None:
                made = sessions.plan(by=_me(request), course=course, plan=form.plan())
            else:
                made = sessions.change(by=_me(request), session=session, plan=form.plan())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The session is planned."))
            return redirect("training:session", made.pk)
    context = {"course": course, "session": session, "form": form}
    return render(request, "programs/training/session_edit.html", context, status=422 if form.errors else 200)


@require(Permission.MANAGE_TRAINING)
@require_safe
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has a seat, who waits, who came."""
    here = get_object_or_404(Session.objects.select_related("course", "trainer"), pk=pk)
    return _shown(request, here)


def _shown(request: HttpRequest, here: Session, problems: list[str] | None = None) -> HttpResponse:
    now = timezone.now()
    seats = list(_seats(request, here))
    context = {
        "session": here,
        "starts": here.local(here.starts_at),
        "ends": here.local(here.ends_at),
        "booked": [seat for seat in seats if seat.state == Seat.State.BOOKED],
        "waiting": [seat for seat in seats if seat.state == Seat.State.WAITING],
        "elsewhere": here.seats.filter(state=Seat.State.BOOKED).count()
        - sum(seat.state == Seat.State.BOOKED for seat in seats),
        "choices": Seat.Attendance.choices,
        "may_change": here.cancelled_at is None and here.starts_at > now,
        "may_mark": here.cancelled_at is None and here.starts_at <= now,
        "problems": problems or [],
    }
    return render(request, "programs/training/session.html", context, status=422 if problems else 200)


def _seats(request: HttpRequest, here: Session) -> QuerySet[Seat]:
    """The trainer of the session sees everybody in it; others the people of their units."""
    seats = here.seats.select_related("employee__unit").order_by("employee__family_name", "employee__given_name")
    if here.trainer == request.user or sees_everything(request.user, Permission.MANAGE_TRAINING):
        return seats
    return seats.filter(employee__unit__in=visible_units(request.user, Permission.MANAGE_TRAINING))


@require(Permission.MANAGE_TRAINING)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Attendance by hand or by file, a seat for somebody, a seat taken back, the session cancelled."""
    here = get_object_or_404(Session.objects.select_related("course", "trainer"), pk=pk)
    actions = {"mark": _mark, "all": _mark_all, "file": _file, "seat": _give, "back": _back, "cancel": _cancel}
    action = actions.get(request.POST.get("do", "").partition(":")[0])
    if action is None:
        messages.error(request, _("Nothing was chosen, so nothing changed."))
        return redirect("training:session", pk)
    try:
        told = action(request, here)
    except ValidationError as error:
        return _shown(request, here, error.messages)
    messages.success(request, told)
    return redirect("training:session", pk)


def _mark(request: HttpRequest, here: Session) -> str:
    sessions.mark(by=_me(request), session=here, marks=_ticked(request, here))
    return _("Attendance is saved.")


def _ticked(request: HttpRequest, here: Session) -> dict[int, str]:
    seats = _seats(request, here).values_list("pk", flat=True)
    return {pk: str(request.POST[f"seat_{pk}"]) for pk in seats if f"seat_{pk}" in request.POST}


def _mark_all(request: HttpRequest, here: Session) -> str:
    """Everybody not marked yet was present, apart from the few ticked otherwise."""
    left = _seats(request, here).filter(attendance="").values_list("pk", flat=True)
    marks = {**dict.fromkeys(left, Seat.Attendance.PRESENT.value), **_ticked(request, here)}
    changed = sessions.mark(by=_me(request), session=here, marks=marks)
    return _("%(n)d people were marked.") % {"n": changed}


def _file(request: HttpRequest, here: Session) -> str:
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST_FILE:
        raise ValidationError(_("Choose a CSV file of up to 500 kB."))
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The file is not UTF-8: save it as CSV UTF-8 and try again.")) from error
    read = sessions.read_marks(here, text)
    if read.problems:
        raise ValidationError([*read.problems, _("Nothing was changed: correct the file and send it again.")])
    allowed = set(_seats(request, here).values_list("pk", flat=True))
    changed = sessions.mark(
        by=_me(request), session=here, marks={pk: word for pk, word in read.by_seat.items() if pk in allowed}
    )
    return _("%(n)d people were marked.") % {"n": changed}


def _give(request: HttpRequest, here: Session) -> str:
    number = request.POST.get("number", "").strip()
    people = Employee.objects.here(clock.today())
    if not sees_everything(request.user, Permission.MANAGE_TRAINING):
        people = people.filter(unit__in=visible_units(request.user, Permission.MANAGE_TRAINING))
    person = people.filter(number=number).first()
    if person is None:
        raise ValidationError(_("There is nobody with the number “%(number)s” here.") % {"number": number})
    seat = sessions.take_seat(employee=person, session=here, by=_me(request))
    told = _("%(name)s has a seat.") if seat.state == Seat.State.BOOKED else _("%(name)s is on the waiting list.")
    return told % {"name": person.name}


def _back(request: HttpRequest, here: Session) -> str:
    pk = request.POST.get("do", "").partition(":")[2]
    seat = get_object_or_404(_seats(request, here), pk=int(pk) if pk.isdigit() else 0)
    sessions.give_up(seat=seat, by=_me(request))
    return _("The seat of %(name)s is free.") % {"name": seat.employee.name}


def _cancel(request: HttpRequest, here: Session) -> str:
    sessions.cancel(by=_me(request), session=here, reason=request.POST.get("reason", ""))
    return _("The session is cancelled. Whoever had a seat sees your reason.")


@require(Permission.MANAGE_TRAINING)
@require_safe
def seats_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """Number, name, unit and attendance of who has a seat: to print, or to fill in and send back."""
    here = get_object_or_404(Session, pk=pk)
    headers = {"Content-Disposition": f'attachment; filename="session-{pk}.csv"'}
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(answer)
    writer.writerow(["number", "name", "unit", "attendance"])
    for seat in _seats(request, here).filter(state=Seat.State.BOOKED):
        unit = seat.employee.unit.name if seat.employee.unit else ""
        writer.writerow(map(harmless, [seat.employee.number, seat.employee.name, unit, seat.attendance]))
    return answer


@require(Permission.DO_TRAINING)
@require_POST
def my_seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Take or give up one's own seat in a session of a course one has to do."""
    me = _me(request)
    here = get_object_or_404(Session.objects.select_related("course"), pk=pk)
    asked = courses.asks(me, here.course, clock.today())
    try:
        if request.POST.get("do") == "give_up":
            # Whoever has a seat may give it up, also when the course is asked of him no more.
            seat = get_object_or_404(Seat, session=here, employee=me)
            sessions.give_up(seat=seat, by=me)
            messages.success(request, _("Your seat is free for somebody else."))
        elif not asked:
            raise Http404
        else:
            seat = sessions.take_seat(employee=me, session=here, by=me)
            booked = seat.state == Seat.State.BOOKED
            told = _("You have a seat.") if booked else _("It is full: you are on the waiting list and move up.")
            messages.success(request, told)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if not asked:
        return redirect("training:my_training")
    return redirect("training:my_course", here.course_id)  # type: ignore[attr-defined]


@require(Permission.DO_TRAINING)
@require_safe
def my_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    seat = get_object_or_404(Seat.objects.select_related("session__course"), session=pk, employee=_me(request))
    url = settings.BASE_URL + reverse("training:my_course", args=[seat.session.course_id])  # type: ignore[attr-defined]
    content = calendar.ics(seat, host=request.get_host(), url=url, now=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="session-{pk}.ics"'}
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _me(request: HttpRequest) -> Employee:
    return cast(Employee, request.user)
