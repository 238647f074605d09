"""One's own keys of the API: the list, a new one (its secret is shown once), and their end."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from culture.access import signin, tokens
from culture.access.fresh import fresh_sign_in
from culture.access.permissions import Permission, require
from culture.access.token_forms import TokenForm
from culture.access.token_models import ApiToken
from culture.people.models import Employee


def _me(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


@never_cache
@require_GET
@require(Permission.DO_TRAINING)
def keys(request: HttpRequest) -> HttpResponse:
    """Which keys open the API in one's own name, until when, and when each was used last."""
    mine = tokens.of(_me(request))
    context = {"rows": tokens.shown(mine), "full": len(mine) >= tokens.MOST, "most": tokens.MOST}
    return render(request, "account/keys.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@require(Permission.DO_TRAINING)
@fresh_sign_in(otherwise="account_keys")
def new_key(request: HttpRequest) -> HttpResponse:
    """A new key. A session that skipped the second factor gets the way to it instead of the form."""
    user = _me(request)
    if reason := tokens.refusal(request):
        context = {"reason": reason, "way": _way(user), "has": signin.has_second_factor(user)}
        return render(request, "account/key_refused.html", context, status=403)
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        passed = tokens.passed_second_factor(request)
        try:
            token, secret = tokens.make(employee=user, second_factor=passed, **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return render(request, "account/key_made.html", {"token": token, "secret": secret})
    return render(request, "account/key_new.html", {"form": form}, status=422 if form.errors else 200)


def _way(user: Employee) -> str:
    """Where the second factor is asked for, or set up."""
    if not signin.has_second_factor(user):
        return reverse("account_security")
    app = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    page = reverse("mfa_reauthenticate" if app else "mfa_reauthenticate_webauthn")
    return f"{page}?next={reverse('account_new_key')}"


@require_POST
@require(Permission.DO_TRAINING)
def end_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own keys at once."""
    token = get_object_or_404(ApiToken.objects.select_related("employee"), pk=pk, employee=_me(request))
    if tokens.end(token, by=_me(request)):
        messages.success(request, _("“%(name)s” opens nothing any more.") % {"name": token.name})
    else:
        messages.info(request, _("That key was ended before."))
    return redirect("account_keys")
