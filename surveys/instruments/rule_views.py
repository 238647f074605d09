"""When a question is shown: its conditions one by one, each chosen from what there is, so that none can dangle."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from culture.access.permissions import Permission, require
from culture.framework.texts import pick
from culture.people.models import Employee, Unit
from surveys.instruments import content, editing, rule_words, rules, showing
from surveys.instruments.content import Content, Item, Refused
from surveys.instruments.edit_views import by, drafted
from surveys.instruments.findings import WORDS, refusal
from surveys.instruments.rule_words import flat, joined
from surveys.instruments.scales import scale_of

MOST_CONDITIONS = 12


@require(Permission.MANAGE_SURVEYS)
@require_http_methods(["GET", "HEAD", "POST"])
def shown(request: HttpRequest, key: str, code: str) -> HttpResponse:
    """``?look=``: what the next condition looks at (``item:CODE``, ``unit``, ``job_family``, ``customer_facing``)."""
    instrument, _version, held = drafted(key)
    item = content.find(held, code)
    if item is None:
        raise Http404
    if request.method != "POST":
        return _page(request, instrument, held, item)
    try:
        rule = _changed(request.POST, held, item)
    except Refused as refused:
        return _page(request, instrument, held, item, error=refused.reason, look=request.POST.get("look", ""))
    after = {**item, "show_if": rule}
    trial = content.put(held, after, instead_of=code)
    before = {(one.reason, one.about) for one in rules.problems(content.asked_order(held)) if one.code == code}
    new = [one for one in rules.problems(content.asked_order(trial)) if one.code == code]
    if fresh := [one for one in new if (one.reason, one.about) not in before]:
        told = str(WORDS[f"rule_{fresh[0].reason}"]) % {"about": fresh[0].about}
        return _page(request, instrument, held, item, error=told, look=request.POST.get("look", ""))
    try:
        editing.change(
            instrument,
            by=by(request),
            what="rule",
            code=code,
            edit=lambda now: content.put(now, {**_still(now, code), "show_if": rule}, instead_of=code),
        )
    except Refused as refused:
        messages.error(request, refusal(refused.reason))
        return redirect("instruments:edit", instrument.key)
    messages.success(request, _("Saved."))
    return redirect("instruments:rule", instrument.key, code)


def _still(held: Content, code: str) -> Item:
    item = content.find(held, code)
    if item is None:
        raise Refused("gone")
    return item


def _changed(posted: QueryDict, held: Content, item: Item) -> dict[str, Any]:
    """The rule after what was posted. Raises Refused with words instead of a key."""
    mode, conditions = flat(item["show_if"])
    what = posted.get("do", "")
    if what == "clear":
        return {}
    if what == "mode":
        return joined("any" if posted.get("mode") == "any" else "all", conditions)
    if what == "take":
        at = posted.get("at", "")
        if not (at.isdigit() and int(at) < len(conditions)):
            raise Refused(_("This condition is not there any more."))
        return joined(mode, conditions[: int(at)] + conditions[int(at) + 1 :])
    if len(conditions) >= MOST_CONDITIONS:
        raise Refused(_("At most %(n)s conditions.") % {"n": MOST_CONDITIONS})
    return joined(mode, [*conditions, _condition(posted, held)])


def _condition(posted: QueryDict, held: Content) -> dict[str, Any]:
    look, values = posted.get("look", ""), posted.getlist("value")
    if look == "customer_facing":
        if values not in (["yes"], ["no"]):
            raise Refused(_("Choose whether they serve customers."))
        return {"who": "customer_facing", "is": values == ["yes"]}
    if look == "job_family":
        names = [name[:120] for name in values if name]
        if not names:
            raise Refused(_("Choose at least one job family."))
        return {"who": "job_family", "in": names}
    if look == "unit":
        ids = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19]
        if not ids or Unit.objects.filter(pk__in=ids).count() != len(set(ids)):
            raise Refused(_("Choose at least one unit."))
        return {"who": "unit", "in": sorted(set(ids))}
    asked = content.find(held, look.removeprefix("item:"))
    if asked is None:
        raise Refused(_("Choose what to look at."))
    if values == ["answered"]:
        return {"item": asked["code"], "answered": True}
    return {"item": asked["code"], "in": _values(asked, values, posted)}


def _values(asked: Item, values: list[str], posted: QueryDict) -> list[int]:
    if asked["kind"] == "number":
        values = posted.get("numbers", "").replace(",", " ").split()
    if not values:
        raise Refused(_("Choose at least one answer."))
    scale = scale_of(asked)
    try:
        found = sorted({int(value) for value in values})
    except ValueError:
        raise Refused(_("Write whole numbers separated by commas, for example 0, 1, 2.")) from None
    if scale.kind != "multiple" and not all(scale.valid(value) for value in found):
        raise Refused(_("One of these is no answer to that question."))
    return found


def _page(
    request: HttpRequest, instrument: Any, held: Content, item: Item, *, error: str = "", look: str = ""
) -> HttpResponse:
    language = showing.language_of(request)
    order = content.asked_order(held)
    by_code = {one["code"]: one for one in order}
    units = showing.unit_names(held)
    mode, conditions = flat(item["show_if"])
    look = look or request.GET.get("look", "")
    before = rule_words.looked_at(order, item["code"])
    context = {
        "instrument": instrument,
        "item": item,
        "text": pick(item["text"], language),
        "mode": mode,
        "conditions": [rule_words.in_words(one, by_code, units, language) for one in conditions],
        "looks": [(f"item:{one['code']}", f"{one['code']} · {pick(one['text'], language)[:90]}") for one in before],
        "look": look,
        "choice": _choice(look, by_code, language),
        "error": error,
    }
    return render(request, "surveys/instruments/rule.html", context, status=400 if error else 200)


def _choice(look: str, by_code: dict[str, Item], language: str) -> dict[str, Any] | None:
    """What can be chosen for a condition: ``kind`` of control, ``options`` (value, words)."""
    if look == "customer_facing":
        options = [("yes", _("They serve customers")), ("no", _("They do not serve customers"))]
        return {"kind": "radio", "title": _("Who serves customers"), "options": options}
    if look == "job_family":
        names = Employee.objects.exclude(job_family="").order_by("job_family").values_list("job_family", flat=True)
        options = [(name, name) for name in names.distinct()]
        return {"kind": "checkbox", "title": _("Job family is one of"), "options": options}
    if look == "unit":
        open_units = Unit.objects.open().order_by("path").values_list("pk", "path")
        options = [(str(pk), path) for pk, path in open_units]
        return {"kind": "checkbox", "title": _("Works in one of these, or below"), "options": options}
    asked = by_code.get(look.removeprefix("item:"))
    if asked is None:
        return None
    options = [(str(value), label) for value, label in rule_words.options_of(asked, language)]
    title = _("The answer is one of")
    return {"kind": "checkbox", "title": title, "options": options, "number": asked["kind"] == "number", "item": True}
