"""The form that says thanks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from culture.access import organisation
from culture.framework.models import Behaviour, Dimension, Requirement
from culture.people.models import Employee, Unit
from programs.recognition import aims, pictures
from programs.recognition.aims import SHOWS
from programs.recognition.feed_models import LONGEST_ALT
from programs.recognition.ledger import STORY_LIMIT, Caps
from programs.recognition.models import Kudos
from programs.recognition.point_models import AllowanceRule

__all__ = ["SHOWS", "GiveForm", "SearchForm"]
OWN, OTHER, OUTSIDE = "own", "other", "external"


class BehaviourField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Behaviour) -> str:  # type: ignore[override]
        return obj.label


class GiveForm(forms.Form):
    """Whom is settled before (``?to=`` or ``?team=``); this asks for what, the story, the points and who may read it.

    ``cleaned_data`` are the fields of ``giving.Gift``.
    """

    dimension = forms.ChoiceField(
        label=_("What made the difference?"),
        choices=[
            ("want", _("The will to help")),
            ("know", _("Knowing how")),
            ("can", _("Being free to do it")),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    behaviour = BehaviourField(
        queryset=Behaviour.objects.none(),
        label=_("What did you see?"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose the attitude you saw.")},
    )
    story = forms.CharField(
        label=_("What happened?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=STORY_LIMIT,
        help_text=_("One or two sentences, so that others can do the same."),
        error_messages={"required": _("Tell what happened. One sentence is enough.")},
    )
    customer = forms.ChoiceField(label=_("For which customer?"), widget=forms.RadioSelect, required=False)
    unit = forms.CharField(
        label=_("Which unit?"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"list": "give-units", "autocomplete": "off"}),
        help_text=_("Its name in full."),
    )
    points = forms.IntegerField(
        label=_("Points for each"),
        min_value=0,
        initial=10,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("0 is a thank-you, too."),
        error_messages={
            "required": _("Write how many points; 0 is a thank-you, too."),
            "min_value": _("Points cannot be taken away. Give 0 or more."),
            "max_value": _("One thank-you carries at most %(limit_value)s points."),
            "invalid": _("Write a whole number."),
        },
    )
    purse = forms.ChoiceField(
        label=_("From which points?"),
        choices=AllowanceRule.Purse.choices,
        initial=AllowanceRule.Purse.ALLOWANCE,
        required=False,
        widget=forms.RadioSelect,
    )
    requirement = forms.ChoiceField(label=_("What does it stand for?"), required=False)
    public = forms.TypedChoiceField(
        label=_("Who may read it?"),
        choices=[("yes", _("Everybody: it appears on the thanks page")), ("no", _("Only who gives and who gets it"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
        help_text=_(
            "Points count in sums either way: where they run in a circle, HR is told how many, not what for. HR reads "
            "private thanks only when one of you reports them."
        ),
    )
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": pictures.ACCEPTED}),
        help_text=_("JPEG, PNG or WebP. Where and when it was taken is removed. Ask whoever is on it."),
        error_messages={"empty": _("This file is empty. Choose the picture again.")},
    )
    alt = forms.CharField(
        label=_("What the picture shows"),
        required=False,
        max_length=LONGEST_ALT,
        help_text=_("For whoever cannot see it."),
    )
    language = forms.ChoiceField(label=_("Language of your words"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    # What stands under "more": opened when one of them needs another look.
    MORE = ("requirement", "public", "picture", "alt", "language", "purse")

    def __init__(
        self, *args: Any, giver: Employee, caps: Caps, left: int | Callable[[], int],
        budget: int | Callable[[], int] = 0, people: int = 1,
        aimed: Collection[str] | Callable[[], Collection[str]] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        """What is only shown (``left``, ``budget``, ``aimed``) may come as a function: who sends the form, with nothing
        wrong in it, is shown none of it, and it is never asked for."""
        super().__init__(*args, **kwargs)
        self.giver, self._left, self._budget, self._aimed = giver, left, budget, aimed
        self.fields["behaviour"].queryset = self._attitudes()  # type: ignore[attr-defined]
        self.fields["requirement"].choices = self._requirement_choices  # type: ignore[attr-defined]
        self._set_customers()
        self._set_language()
        self._set_points(caps, people)

    @cached_property
    def left(self) -> int:
        return self._left() if callable(self._left) else self._left

    @cached_property
    def budget(self) -> int:
        return self._budget() if callable(self._budget) else self._budget

    @cached_property
    def aimed(self) -> Collection[str]:
        return self._aimed() if callable(self._aimed) else self._aimed

    @cached_property
    def requirements(self) -> list[Requirement]:
        return list(Requirement.objects.active())

    @cached_property
    def attitudes(self) -> list[Behaviour]:
        return aims.in_order(list(self._attitudes()), self.aimed)

    def _attitudes(self) -> QuerySet[Behaviour]:
        return Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)

    def _set_customers(self) -> None:
        outside = Kudos.Customer.EXTERNAL.label
        choices: list[tuple[str, Any]] = [(OTHER, _("Colleagues of another unit")), (OUTSIDE, outside)]
        if self.giver.unit_id:
            choices.insert(0, (OWN, lazy(self._own_words, str)()))
        field = self.fields["customer"]
        field.choices, field.initial = choices, OWN if self.giver.unit_id else OUTSIDE  # type: ignore[attr-defined]

    def _own_words(self) -> str:
        return _now("Colleagues of %(unit)s") % {"unit": self.giver.unit.name if self.giver.unit else ""}

    def _set_language(self) -> None:
        spoken = get_language() or "en"
        field = self.fields["language"]
        field.choices = organisation.language_choices(spoken, self.giver.language)  # type: ignore[attr-defined]
        field.initial = spoken

    def _set_points(self, caps: Caps, people: int) -> None:
        points = self.fields["points"]
        points.max_value = caps.per_gift  # type: ignore[attr-defined]
        if not self.is_bound:
            points.initial = min(10, caps.per_gift, max(self.left, self.budget) // max(1, people))
        points.validators.append(MaxValueValidator(caps.per_gift, message=points.error_messages["max_value"]))
        points.widget.attrs["max"] = caps.per_gift

    def _requirement_choices(self) -> list[Any]:
        groups: list[Any] = [("", _("What this attitude usually shows"))]
        first = [one for one in self.requirements if one.code in self.aimed]
        if first:
            groups.append((_("What our program aims at"), [(one.code, one.label) for one in first]))
        for dimension in Dimension:
            rest = [one for one in self.requirements if one.dimension == dimension and one not in first]
            groups.append((dimension.label, [(one.code, one.label) for one in rest]))
        return groups

    # -- what the page shows --------------------------------------------------------------------------------------

    def behaviour_groups(self) -> list[tuple[bool, list[Any]]]:
        """The radios, those first that show what the program aims at: (whether it aims at them, radios)."""
        radios = {str(radio.data["value"]): radio for radio in self["behaviour"]}
        aimed = [radios[str(one.pk)] for one in self.attitudes if SHOWS.get(one.code) in self.aimed]
        rest = [radios[str(one.pk)] for one in self.attitudes if SHOWS.get(one.code) not in self.aimed]
        return [(flag, group) for flag, group in ((True, aimed), (False, rest)) if group]

    @property
    def more_is_wrong(self) -> bool:
        return any(name in self.errors for name in self.MORE)

    @property
    def lost_picture(self) -> bool:
        """A browser sends a file once: whoever must correct something chooses it again."""
        return self.is_bound and bool(self.errors) and bool(self.files.get("picture"))

    # -- what comes of it -----------------------------------------------------------------------------------------

    def clean_requirement(self) -> Requirement | None:
        wanted = self.cleaned_data["requirement"]
        if not wanted:
            return None
        return next((one for one in self.requirements if one.code == wanted), None)

    def clean_picture(self) -> bytes | None:
        file = self.cleaned_data.get("picture")
        if not file:
            return None
        if file.size > pictures.MOST_BYTES:
            most = pictures.MOST_BYTES // pictures.MEGABYTE
            raise ValidationError(_now("The picture is larger than %(most)d MB. Send a smaller one.") % {"most": most})
        return file.read()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("purse") != AllowanceRule.Purse.BUDGET or not self.budget:
            data["purse"] = AllowanceRule.Purse.ALLOWANCE
        dimension = data.pop("dimension", "")
        if data.get("behaviour") and not data.get("requirement") and "requirement" not in self.errors:
            aimed: Any = SimpleLazyObject(lambda: self.aimed)
            data["requirement"] = aims.stands_for(data["behaviour"], dimension, aimed, _told_apart())
            if data["requirement"] is None:
                self.add_error("requirement", _now("Choose what it stands for."))
        self._clean_customer(data)
        alt, content = data.pop("alt", ""), data.get("picture")
        # Drawn last: it takes longest, and in vain where something else is wrong.
        if content and not self.errors:
            try:
                data["picture"] = pictures.draw(content, alt)
            except ValidationError as wrong:
                self.add_error(None, wrong)
        return data

    def _clean_customer(self, data: dict[str, Any]) -> None:
        chosen, written = data.get("customer") or "", " ".join(data.pop("unit", "").split())
        data["customer_unit"] = None
        if chosen == OWN:
            data["customer_unit"] = self.giver.unit
        elif chosen == OTHER:
            data["customer_unit"] = self._unit_of(written)
        data["customer"] = {OWN: Kudos.Customer.INTERNAL, OTHER: Kudos.Customer.INTERNAL}.get(chosen, chosen)

    def _unit_of(self, written: str) -> Unit | None:
        """The open unit of that name or path; a name several have needs its path."""
        if not written:
            self.add_error("unit", _now("Write which unit it was, or choose another answer."))
            return None
        named = Unit.objects.open()
        found = list(named.filter(path__iexact=written)[:1]) or list(named.filter(name__iexact=written)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            told = _now("Several units are called “%(name)s”. Write the whole path, such as “%(path)s”.")
            self.add_error("unit", told % {"name": written, "path": found[0].path})
        else:
            self.add_error("unit", _now("No unit is called “%(name)s”. Write its name in full.") % {"name": written})
        return None


def _told_apart() -> list[Requirement]:
    """The active requirements without their words: to choose one, none of them is read."""
    return list(Requirement.objects.active().only("code", "dimension", "position", "off_since", "withdrawn_in"))


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Whom do you want to thank?"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("Name or unit"),
    )
