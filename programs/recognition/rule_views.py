"""The rules of points as HR sets them, and corrections of somebody's points."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from culture.access.permissions import Permission, require
from culture.people.models import Employee
from programs.recognition import belonging, correcting, giving, rule_setting, rules
from programs.recognition.point_models import AllowanceRule, PointRules

HELP: dict[str, Any] = {
    "per_gift": gettext_lazy("To one person at once. 0: thanks carry no points."),
    "pair_points": gettext_lazy("From one person to another in a calendar month. 0: no limit."),
    "pair_gifts": gettext_lazy("How often one person may thank another in a calendar month. 0: no limit."),
    "team_share": gettext_lazy("At most this share of one's points to people of one unit. 0: no limit."),
    "lot_months": gettext_lazy("After so many months received points lapse. 0: never. Holds for points to come."),
    "withdraw_minutes": gettext_lazy("So long the giver can withdraw; then the points arrive."),
}
LABELS: dict[str, Any] = {
    "per_gift": gettext_lazy("Points in one thank-you"),
    "pair_points": gettext_lazy("Points between two people"),
    "pair_gifts": gettext_lazy("Thanks between two people"),
    "team_share": gettext_lazy("Percent to one team"),
    "lot_months": gettext_lazy("Months to spend points"),
    "withdraw_minutes": gettext_lazy("Minutes to withdraw"),
    "amounts_hidden": gettext_lazy("Show how many points a thank-you carried to giver and receivers only"),
}


class RulesForm(forms.ModelForm):
    class Meta:
        model = PointRules
        fields = tuple(LABELS)
        labels = LABELS
        help_texts = HELP


class AllowanceForm(forms.ModelForm):
    class Meta:
        model = AllowanceRule
        fields = ("purse", "whom", "unit", "base", "per_report", "every", "position")
        labels = {
            "purse": gettext_lazy("Which points"),
            "whom": gettext_lazy("For whom"),
            "unit": gettext_lazy("In which unit, with all below"),
            "base": gettext_lazy("Points"),
            "per_report": gettext_lazy("More for each direct report"),
            "every": gettext_lazy("For"),
            "position": gettext_lazy("Order"),
        }
        help_texts = {
            "unit": gettext_lazy("Empty: the whole organisation."),
            "position": gettext_lazy("The first rule that fits somebody counts, the lowest number first."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        unit.queryset = belonging.choices()  # type: ignore[attr-defined]
        unit.label_from_instance = belonging.label  # type: ignore[attr-defined]


class CorrectionForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Employee number"), max_length=40)
    points = forms.IntegerField(
        label=gettext_lazy("Points"), help_text=gettext_lazy("Above 0 gives, below 0 takes; never more than he holds.")
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=correcting.NOTE_LIMIT,
        help_text=gettext_lazy("It stays in the ledger for good and cannot be changed: name nobody."),
    )

    def clean_number(self) -> Employee:
        number = self.cleaned_data["number"].strip()
        found = Employee.objects.filter(number=number).first()
        if found is None:
            raise ValidationError(_("Nobody has the number “%(number)s”.") % {"number": number})
        return found


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def point_rules(request: HttpRequest) -> HttpResponse:
    """Limits for everybody, and who gets how many points to give."""
    assert isinstance(request.user, Employee)
    form = RulesForm(request.POST or None, instance=rules.current())
    if request.method == "POST" and form.is_valid():
        rule_setting.save(form.instance, by=request.user)
        messages.success(request, _("Saved. It holds from the next thank-you on."))
        return redirect("recognition:rules")
    return _page(request, form, AllowanceForm(), 400 if form.errors else 200)


def _page(request: HttpRequest, form: RulesForm, adding: AllowanceForm, status: int) -> HttpResponse:
    rows = list(AllowanceRule.objects.select_related("unit"))
    paths = belonging.told(row.unit for row in rows if row.unit)
    for row in rows:
        row.where = paths.get(row.unit_id or 0, "")  # type: ignore[attr-defined]
    context = {"form": form, "adding": adding, "allowances": rows, "standard": rules.ledger.MONTHLY_ALLOWANCE}
    return render(request, "programs/recognition/rules.html", context, status=status)


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def add_allowance(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, Employee)
    form = AllowanceForm(request.POST)
    if not form.is_valid():
        return _page(request, RulesForm(instance=rules.current()), form, 400)
    rule_setting.add(form.instance, by=request.user)
    messages.success(
        request, _("Added. Who has his points of this period already keeps them; the next ones follow it.")
    )
    return redirect("recognition:rules")


@require_POST
@require(Permission.MANAGE_RECOGNITION)
def remove_allowance(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, Employee)
    rule_setting.remove(get_object_or_404(AllowanceRule, pk=pk), by=request.user)
    messages.success(request, _("Removed. Points already issued stay."))
    return redirect("recognition:rules")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.MANAGE_RECOGNITION)
def correct(request: HttpRequest) -> HttpResponse:
    """Give or take personal points, with a reason, as a new entry of the ledger."""
    assert isinstance(request.user, Employee)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        who, data = form.cleaned_data["number"], form.cleaned_data
        try:
            correcting.correct(
                employee=who, points=data["points"], note=data["note"], by=request.user, now=timezone.now()
            )
        except ValidationError as refused:
            for field, errors in refused.message_dict.items():
                form.add_error("number" if field == "employee" else field, errors)  # type: ignore[arg-type]
        else:
            told = {"name": who.name, "points": giving.balance(who)}
            messages.success(request, _("Done: %(name)s now holds %(points)d points.") % told)
            return redirect("recognition:ledger")
    return render(request, "programs/recognition/correct.html", {"form": form}, status=400 if form.errors else 200)
