"""The first start in four steps, for the one browser that took the link; and the page "Organisation" for later."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from culture.access import organisation, setup, setup_mail
from culture.access.permissions import Permission, require, sees_everything
from culture.access.setup_forms import AdminForm, OrganisationForm, PrivacyForm, SenderForm, SettingsForm
from culture.people.models import Employee

VISIT = "setup_visit"
MAIL = "setup_mail"  # what became of the last test mail: {"sender": …, "to": …, "problem": …}
View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """A page of the first start: open to a visitor, never cached, gone once Trivium is set up."""

    @login_not_required
    @never_cache
    @sensitive_post_parameters()
    @require_http_methods(["GET", "POST"])
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if organisation.is_set_up():
            return redirect("account_login")
        return view(request, *args, **kwargs)

    return guarded


def visitor(view: View) -> View:
    """A step: only for the browser that took the link."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not setup.under_way(request.session.get(VISIT, ""), now=timezone.now()):
            return render(request, "culture/access/setup_closed.html", status=503)
        return view(request, *args, **kwargs)

    return page(guarded)


@page
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """A GET takes nothing (mail scanners and previews follow links); the button does."""
    if setup.under_way(request.session.get(VISIT, ""), now=timezone.now()):
        return redirect("setup:start")
    if request.method == "POST" and (visit := setup.take(secret, now=timezone.now())):
        request.session.cycle_key()
        request.session[VISIT] = visit
        return redirect("setup:start")
    alive = setup.find(secret, now=timezone.now()) is not None
    return render(request, "culture/access/setup_link.html", {"alive": alive}, status=200 if alive else 410)


@visitor
def start(request: HttpRequest) -> HttpResponse:
    """Where one stopped."""
    return redirect(f"setup:{setup.next_step()}")


def _show(request: HttpRequest, step: str, form: Form, **more: Any) -> HttpResponse:
    words = {
        "organisation": _("Organisation"),
        "mail": _("E-mail"),
        "privacy": _("Privacy"),
        "admin": _("First HR admin"),
    }
    here = setup.STEPS.index(step)
    steps = [
        {"word": words[name], "url": reverse(f"setup:{name}"), "done": n < here, "here": n == here}
        for n, name in enumerate(setup.STEPS)
    ]
    context = {"form": form, "steps": steps, "number": here + 1, "total": len(steps), **more}
    return render(request, f"culture/access/setup_{step}.html", context, status=422 if form.errors else 200)


def _saved(form: Form, step: str, **values: Any) -> bool:
    try:
        organisation.save(by=None, step=step, **values)
    except ValidationError as error:
        _take_over(form, error)
    return not form.errors


def _take_over(form: Form, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, texts in error.message_dict.items():
        form.add_error(field if field in form.fields else None, texts)


@visitor
def about(request: HttpRequest) -> HttpResponse:
    """Name, languages, time zone."""
    now = organisation.current()
    name = "" if now.name == "Trivium" else now.name
    initial = {"name": name, "languages": now.languages, "language": now.language, "time_zone": now.time_zone}
    form = OrganisationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid() and _saved(form, "organisation", **form.cleaned_data):
        return redirect("setup:mail")
    return _show(request, "organisation", form)


@visitor
def mail(request: HttpRequest) -> HttpResponse:
    """The sender, proved by a real mail; going on without one takes a failed test and a decision."""
    now, last = organisation.current(), request.session.get(MAIL, {})
    # The installation's own default sender is an example nobody can send as.
    example = now.sender_address.endswith("@meridian.example")
    initial = {
        "sender_name": now.name if now.sender_name == "Trivium" else now.sender_name,
        "sender_address": "" if example else now.sender_address,
        "to": last.get("to", ""),
    }
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action in {"next", "without"}:
        if last and (not last["problem"] or action == "without"):
            organisation.save(by=None, step="mail")
            return redirect("setup:privacy")
        messages.error(request, _("Send a test mail first."))
        return redirect("setup:mail")
    form = SenderForm(request.POST if action else None, initial=initial)
    if action and form.is_valid():
        data = form.cleaned_data
        values = {"sender_name": data["sender_name"], "sender_address": data["sender_address"]}
        if _saved(form, "", **values):
            organisation.forget()
            chosen = organisation.current()
            problem = setup_mail.send_test(to=data["to"], sender=chosen.sender, name=chosen.name)
            request.session[MAIL] = {"to": data["to"], "problem": problem, "at": timezone.now().isoformat()}
            return redirect("setup:mail")
    return _show(request, "mail", form, last=last)


@visitor
def privacy(request: HttpRequest) -> HttpResponse:
    form = PrivacyForm(request.POST or None, initial={"k": organisation.current().k})
    if request.method == "POST" and form.is_valid() and _saved(form, "privacy", k=form.cleaned_data["k"]):
        return redirect("setup:admin")
    return _show(request, "privacy", form)


@visitor
def admin(request: HttpRequest) -> HttpResponse:
    """The first HR admin; he is signed in and led to his second factor."""
    if (step := setup.next_step()) != "admin":
        messages.info(request, _("This step comes first."))
        return redirect(f"setup:{step}")
    form = AdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = {field: value for field, value in form.cleaned_data.items() if not field.startswith("password")}
        visit, password = request.session.get(VISIT, ""), form.cleaned_data["password1"]
        try:
            employee = setup.finish(visit=visit, now=timezone.now(), password=password, **data)
        except ValidationError as error:
            _take_over(form, error)
        else:
            return _enter(request, employee)
    return _show(request, "admin", form)


def _enter(request: HttpRequest, employee: Employee) -> HttpResponse:
    request.session.flush()
    answer = perform_login(request, Login(user=employee, redirect_url=reverse("account_security")))
    if request.user.is_authenticated:
        # He typed the password a moment ago: the second factor need not ask for it again.
        reauthenticate_by_password(request)
    return answer


@require_http_methods(["GET", "POST"])
@require(Permission.MANAGE_SURVEYS)
def settings_page(request: HttpRequest) -> HttpResponse:
    """The organisation's settings, changed later; a test mail goes to whoever asks for it."""
    if not sees_everything(request.user, Permission.MANAGE_PEOPLE):
        raise PermissionDenied
    assert isinstance(request.user, Employee)
    now = organisation.current()
    initial = {field: getattr(now, field) for field in organisation.FIELDS}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            organisation.save(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            _take_over(form, error)
        else:
            messages.success(request, _("The settings are saved."))
            if request.POST.get("action") == "test":
                _test_mail(request, request.user)
            return redirect("organisation")
    status = 422 if form.errors else 200
    return render(request, "culture/access/organisation.html", {"form": form}, status=status)


def _test_mail(request: HttpRequest, user: Employee) -> None:
    if not user.email:
        messages.error(request, _("You have no e-mail address, so there is nowhere to send the test mail."))
        return
    organisation.forget()
    chosen = organisation.current()
    if problem := setup_mail.send_test(to=user.email, sender=chosen.sender, name=chosen.name):
        messages.error(request, problem)
    else:
        messages.success(request, _("The mail server took the test mail to %(to)s.") % {"to": user.email})
