"""The queue of comments that wait to be looked at for names, and the page of one wave's."""

from __future__ import annotations

import re
import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.audit import record
from culture.access.permissions import Permission, require
from surveys.results import moderating, tasks
from surveys.waves.models import Wave

ON_A_PAGE = 10
FIELD = re.compile(r"([wt])-([0-9a-f]{32})\Z")
LONGEST_TYPED = 500
SEEN = 3650  # most words of a comment that can be ticked


@require_safe
@require(Permission.MODERATE_COMMENTS)
def queue(request: HttpRequest) -> HttpResponse:
    """Waves whose comments wait."""
    waves = []
    for wave in moderating.queue(timezone.now()):
        whole = Wave.objects.get(pk=wave.pk)
        counts = list(moderating.of(whole).values_list("looked", flat=True))
        waves.append({"wave": wave, "all": len(counts), "left": counts.count(False)})
    return render(request, "surveys/results/comments_queue.html", {"waves": waves})


def _waiting(wave_id: int) -> Wave:
    found = moderating.queue(timezone.now()).filter(pk=wave_id).first()
    if found is None:
        raise Http404
    found.refresh_from_db(fields=["snapshot"])
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MODERATE_COMMENTS)
def moderate(request: HttpRequest, wave_id: int) -> HttpResponse:
    """Ten comments at a time: home and text, in no order. POST masks what was ticked and typed in them."""
    if request.method == "POST":
        get_object_or_404(Wave, pk=wave_id)
        return _save(request, wave_id)
    wave = _waiting(wave_id)
    every = moderating.of(wave)
    looked = request.GET.get("view") == "looked"
    page = Paginator(every.filter(looked=looked), ON_A_PAGE).get_page(request.GET.get("page"))
    if not looked and page.number == 1:
        with transaction.atomic():
            record(request.user, "comments.opened", wave)  # type: ignore[arg-type]
    left = every.filter(looked=False).count()
    whole = every.count()
    context = {
        "wave": wave,
        "lines": moderating.lines(wave, list(page.object_list)),
        "page": page,
        "looked": looked,
        "left": left,
        "done": whole - left,
        "whole": whole,
        "query": "view=looked" if looked else "",
    }
    return render(request, "surveys/results/comments_moderate.html", context)


def _save(request: HttpRequest, wave_id: int) -> HttpResponse:
    wave = Wave.objects.select_related("series").get(pk=wave_id)
    try:
        looked, masked = moderating.save(wave, _marks(request), by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("results:moderation")
    told = ngettext("%(n)s comment is looked at", "%(n)s comments are looked at", looked) % {"n": looked}
    names = ngettext("%(n)s name is masked in it.", "%(n)s names are masked in them.", masked) % {"n": masked}
    messages.success(request, f"{told}; {names}")
    return redirect("results:moderate", wave_id)


def _marks(request: HttpRequest) -> dict[uuid.UUID, tuple[set[int], str]]:
    """What was ticked (numbers of words) and typed, by comment; only of those the page said it showed."""
    found: dict[uuid.UUID, tuple[set[int], str]] = {}
    for value in request.POST.getlist("shown")[:ON_A_PAGE]:
        if re.fullmatch("[0-9a-f]{32}", value):
            words = request.POST.getlist(f"w-{value}")[:SEEN]
            numbers = {int(word) for word in words if word.isascii() and word.isdecimal() and len(word) < 6}
            typed = request.POST.get(f"t-{value}", "")[:LONGEST_TYPED].replace("\0", "")
            found[uuid.UUID(value)] = (numbers, typed)
    return found


@require_POST
@require(Permission.MODERATE_COMMENTS)
def finish(request: HttpRequest, wave_id: int) -> HttpResponse:
    """All comments were looked at: the release goes on."""
    wave = get_object_or_404(Wave.objects.select_related("series"), pk=wave_id)
    try:
        moderating.finish(wave, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("results:moderation")
    # The tick finds it, too, should this be lost.
    tasks.close_wave.delay_on_commit(wave.pk)
    messages.success(request, _("All comments are looked at. The results of %(wave)s are being made.") % {"wave": wave})
    return redirect("results:moderation")
