"""Confirming an address that somebody else changed: by its owner, or by a second HR admin."""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from culture.access import addresses
from culture.access.address_models import AddressChange
from culture.access.fresh import fresh_sign_in
from culture.access.models import Grant
from culture.access.permissions import Permission, require, sees_everything
from culture.people.models import Employee

PER_PAGE = 50
# What proves who sits there without a mail to the address in question.
WITHOUT_MAIL = {"password", "mfa"}


def _me(request: HttpRequest) -> Employee:
    assert isinstance(request.user, Employee)
    return request.user


def came_without_mail(request: HttpRequest) -> bool:
    records = get_authentication_records(request, _me(request))
    return any(record.get("method") in WITHOUT_MAIL for record in records)


@require_POST
@fresh_sign_in(otherwise="account_security")
def confirm_own(request: HttpRequest) -> HttpResponse:
    """“This address is mine”, said by somebody who signed in with a password or a passkey."""
    change = addresses.open_change(_me(request))
    if change is None:
        messages.info(request, _("Your address is confirmed."))
    elif not came_without_mail(request):
        messages.error(request, _("Sign in with your password or a passkey to confirm it, or ask a second HR admin."))
    else:
        try:
            addresses.confirm(change, by=_me(request), without_mail=True)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("Thank you: the address is confirmed."))
    return redirect("account_security")


def _whole(request: HttpRequest) -> Employee:
    if not sees_everything(request.user, Permission.MANAGE_PEOPLE):
        raise PermissionDenied
    return _me(request)


@require_safe
@require(Permission.MANAGE_PEOPLE)
def waiting(request: HttpRequest) -> HttpResponse:
    """Changed addresses of people who hold a role, until somebody confirms them."""
    user = _whole(request)
    page = Paginator(addresses.waiting(), PER_PAGE).get_page(request.GET.get("page"))
    roles: dict[int, list[str]] = {}
    for grant in Grant.objects.filter(employee__in=[row.employee_id for row in page], ended_at=None):
        roles.setdefault(grant.employee_id, []).append(str(grant.get_role_display()))
    mine = addresses.Judge(user)
    rows = [
        {
            "change": change,
            "roles": ", ".join(dict.fromkeys(roles.get(change.employee_id, []))),
            "objection": mine.objection(change),
        }
        for change in page
    ]
    return render(request, "culture/access/addresses.html", {"page": page, "rows": rows})


@require_POST
@require(Permission.MANAGE_PEOPLE)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A second HR admin asked the person, and it is his address."""
    user = _whole(request)
    change = get_object_or_404(AddressChange.objects.select_related("employee"), pk=pk)
    try:
        addresses.confirm(change, by=user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("The address of %(name)s is confirmed.") % {"name": change.employee.name})
    return redirect("access:addresses")
