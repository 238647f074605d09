"""Subscribing to a report, ending it, confirming that it was read; and the organisation's slides."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access import clock, organisation
from culture.access.permissions import Permission, require
from programs.reports import report_access, report_building, sending, slide_templates, subscriptions
from programs.reports.report_forms import SubscribeForm, TemplateForm
from programs.reports.report_models import ReportDelivery, Subscription
from programs.reports.report_views import reader
from programs.reports.texts_report import code_of, say

MOST_SHOWN = 60


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SEE_RESULTS)
def subscribe(request: HttpRequest) -> HttpResponse:
    """A report by mail, again and again."""
    user = reader(request)
    if not report_access.programs().exists():
        return render(request, "programs/reports/report_none.html")
    form = SubscribeForm(request.POST or None, user=user, today=clock.today())
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = subscriptions.start(
                by=user,
                reader=data.get("reader") or user,
                program=data["program"],
                unit=data["unit"],
                rule=form.rule_of(),
                first_on=data["first_on"],
                language=data["language"],
                format=data["format"],
                paper=data["paper"],
                confirm=data["confirm"],
                now=timezone.now(),
            )
        except ValidationError as error:
            for field, told in error.message_dict.items():
                form.add_error(field if field in form.fields else None, told)
        else:
            words = _("%(name)s receives this report. The first comes on %(day)s.")
            messages.success(request, words % {"name": row.reader.name, "day": report_building.day(row.next_on, "en")})
            return redirect("reports:reports")
    return render(request, "programs/reports/report_subscribe.html", {"form": form})


@require_POST
@require(Permission.SEE_RESULTS)
def unsubscribe(request: HttpRequest, subscription_id: int) -> HttpResponse:
    row = get_object_or_404(subscriptions.seen_by(reader(request)), pk=subscription_id)
    subscriptions.end(by=reader(request), row=row, now=timezone.now())
    messages.success(request, _("Ended. What was sent stays in the list of reports."))
    return redirect("reports:reports")


@require_safe
@require(Permission.SEE_RESULTS)
def deliveries(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """What was sent of a subscription, and whether it was read."""
    user = reader(request)
    rows = Subscription.objects.select_related("reader", "program", "unit")
    rows = rows if report_access.may_manage(user) else rows.filter(reader=user)
    row = get_object_or_404(rows, pk=subscription_id)
    sent = ReportDelivery.objects.filter(subscription=row).select_related("report")[:MOST_SHOWN]
    return render(request, "programs/reports/report_deliveries.html", {"row": row, "sent": sent})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, token: str) -> HttpResponse:
    """The signed link of a mail. Opening it notes nothing (mail programs open links); its button does."""
    row = sending.by_token(token)
    language = row.subscription.language if row else code_of(translation.get_language() or "en")
    done = bool(row and row.read_at)
    if row is not None and request.method == "POST":
        sending.confirm(row, now=timezone.now())
        done = True
    number = row.report.number if row and row.report else 0
    day = report_building.day(row.day, language) if row else ""
    context = {
        "row": row,
        "done": done,
        "language": language,
        "title": say("r:title", language),
        "ask": say("r:ask", language, n=number, day=day),
        "thanks": say("r:done", language, n=number),
        "button": say("r:button", language),
        "bad": say("r:bad", language),
        "house": organisation.current().name,
    }
    return render(request, "programs/reports/report_read.html", context, status=200 if row else 404)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_SURVEYS)
def template(request: HttpRequest) -> HttpResponse:
    """The organisation's slides: which are used, other ones, none."""
    user = reader(request)
    if not report_access.may_manage(user):
        raise PermissionDenied
    if request.method == "POST" and "drop" in request.POST:
        slide_templates.drop(by=user)
        messages.success(request, _("From now on reports are made on plain slides."))
        return redirect("reports:template")
    form = TemplateForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            slide_templates.take(by=user, name=file.name, content=file.read(), now=timezone.now())
        except ValidationError as error:
            form.add_error("file", error.message_dict["file"])
        else:
            messages.success(request, _("From now on reports are made on these slides."))
            return redirect("reports:template")
    return render(request, "programs/reports/report_template.html", {"form": form, "row": slide_templates.current()})
