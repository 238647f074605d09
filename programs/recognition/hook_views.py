"""Web hooks of recognition: which programs are told what, with every call and how it went."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import hooks
from programs.recognition.hook_models import Hook, HookCall

PAGE = 50


class HookForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As in: payroll, chat of the whole company."))
    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_("Begins with https:// and lies on the public internet."),
    )
    events = forms.MultipleChoiceField(label=_("Tell it when"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = hooks.choices()  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def hook_list(request: HttpRequest) -> HttpResponse:
    """All addresses, and a new one. Its secret is in the answer to the form and nowhere else."""
    assert isinstance(request.user, Employee)
    form = HookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = hooks.add(**form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as refused:
            for field, errors in refused.message_dict.items():
                form.add_error(field, errors)
        else:
            return _list(request, HookForm(), shown=made, secret=secret)
    return _list(request, form)


def _list(request: HttpRequest, form: HookForm, shown: Hook | None = None, secret: str = "") -> HttpResponse:
    states = HookCall.State
    rows = Hook.objects.annotate(
        sent=Count("calls", Q(calls__state=states.SENT)),
        failed=Count("calls", Q(calls__state=states.FAILED)),
        waiting=Count("calls", Q(calls__state=states.DUE)),
    )
    told = [{"hook": one, "events": [hooks.label(key) for key in one.events]} for one in rows]
    context = {"form": form, "rows": told, "shown": shown, "secret": secret}
    return render(request, "programs/recognition/hooks.html", context, status=400 if form.errors else 200)


@require_safe
@require(Permission.MANAGE_RECOGNITION)
def hook(request: HttpRequest, pk: int) -> HttpResponse:
    """Every call to one address, the newest first."""
    found = get_object_or_404(Hook, pk=pk)
    state = request.GET.get("state", "")
    calls = found.calls.filter(state=state) if state in HookCall.State.values else found.calls.all()  # type: ignore[attr-defined]
    page = Paginator(calls, PAGE).get_page(request.GET.get("page"))
    lines = [{"call": call, "what": hooks.label(call.event)} for call in page]
    context = {"hook": found, "page": page, "lines": lines, "state": state, "states": HookCall.State.choices}
    context["events"] = [hooks.label(key) for key in found.events]
    return render(request, "programs/recognition/hook.html", context)


@never_cache
@require_POST
@require(Permission.MANAGE_RECOGNITION)
def hook_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Test, stop, start again, make a new secret, or remove."""
    assert isinstance(request.user, Employee)
    found, act, now = get_object_or_404(Hook, pk=pk), request.POST.get("act", ""), timezone.now()
    if act == "test":
        call = hooks.test(hook=found, now=now)
        if call.state == HookCall.State.SENT:
            messages.success(request, __("The test arrived at “%(name)s”.") % {"name": found.name})
        else:
            messages.error(request, __("The test did not arrive. %(reason)s") % {"reason": call.error})
    elif act == "renew":
        return _list(request, HookForm(), shown=found, secret=hooks.renew(hook=found, by=request.user))
    elif act == "stop":
        hooks.stop(hook=found, by=request.user, now=now)
        messages.success(request, __("“%(name)s” is told nothing any more.") % {"name": found.name})
    elif act == "start":
        hooks.start(hook=found, by=request.user, now=now)
        messages.success(request, __("“%(name)s” is told again, from now on.") % {"name": found.name})
    elif act == "remove":
        hooks.remove(hook=found, by=request.user)
        messages.success(request, __("“%(name)s” is removed, with its calls.") % {"name": found.name})
        return redirect("recognition:hooks")
    else:
        messages.error(request, __("Choose what to do with it."))
    return redirect("recognition:hook", found.pk)
