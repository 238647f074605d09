"""What waits for somebody who is signed in: the surveys he is asked in, and the way to his own pages."""

from __future__ import annotations

import datetime as dt
import hmac
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from culture.people.models import Employee
from surveys.answering import frozen, submitting
from surveys.answering import pages as rules
from surveys.answering.submitting import takes_answers
from surveys.answering.visits import see_other
from surveys.waves import keys
from surveys.waves.models import Invitation, Wave


@dataclass(frozen=True)
class Waiting:
    """One survey somebody is asked in that takes answers now; ``minutes``: about how long it takes him."""

    invitation: int
    name: str
    minutes: int
    closes_on: dt.date
    state: str

    @property
    def waits(self) -> bool:
        return self.state == Invitation.State.ASKED


def of(person: Employee) -> list[Waiting]:
    """The surveys of a person that are open, those that close first before the others."""
    now = timezone.now()
    asked = Invitation.objects.filter(employee=person, wave__state=Wave.State.OPEN)
    found = []
    for wave_id, pk in asked.order_by("wave__closes_on", "pk").values_list("wave_id", "pk"):
        one = frozen.invitation(wave_id, pk)
        if one is not None and takes_answers(one.wave, now) and keys.exists(wave_id):
            pages = submitting.pages_of(one.wave, one.providers, promises=one.promises)
            minutes = rules.minutes(rules.fields_of(pages))
            found.append(Waiting(pk, one.wave.series.name, minutes, one.wave.closes_on, one.state))
    return found


def link(invitation: Invitation, address: str) -> str:
    """The person's own pages: those his mails lead to, so that he goes on where he began by mail."""
    secrets, visit = keys.load(invitation.wave_id), ""
    mark = invitation.address_mark
    if mark is not None and not hmac.compare_digest(bytes(mark), keys.address_mark(secrets, address)):
        visit = keys.address_visit(secrets, address)
    token = keys.token_of(secrets, invitation.wave_id, invitation.pk, visit)
    return reverse("answering:start", args=[token])


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """My surveys. POST goes to one of them: a link that opens somebody's answers stands in no page."""
    assert isinstance(request.user, Employee)
    if request.method != "POST":
        surveys = of(request.user)
        context = {"surveys": surveys, "waiting": [one for one in surveys if one.waits]}
        return render(request, "surveys/answering/mine.html", context)
    wanted = request.POST.get("survey", "")
    own = Invitation.objects.filter(employee=request.user, wave__state=Wave.State.OPEN)
    known = wanted.isascii() and wanted.isdecimal() and len(wanted) < 19
    invitation = own.filter(pk=int(wanted)).first() if known else None
    if invitation is None or not keys.exists(invitation.wave_id):
        raise Http404
    return see_other(link(invitation, request.user.email or ""))
