"""The organisation's copy of the framework: its words win, the catalogue's stay beside, and everything is noted."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from culture.access.models import AuditEntry, Grant
from culture.framework import loading, profiles, reading, tailoring
from culture.framework.comparison import parts
from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, Figure, Practice, Requirement, TailoringChange
from culture.framework.tailoring import Wording
from culture.people.models import Employee
from programs.recognition.forms import GiveForm
from programs.recognition.ledger import Caps
from programs.training.forms import CourseForm, blank
from tests.culture.test_framework import files, newer  # noqa: F401
from tests.programs.thanks import thank

ClientOf = Callable[[Employee | None], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


def one(code: str = "W3") -> Requirement:
    return Requirement.objects.get(code=code)


def reworded(hr: Employee, english: str = "Believes in Meridian's way", **more: Any) -> Requirement:
    tailoring.reword(entry=one(), wording=Wording({"en": english}, **more), by=hr, reason="our word for it")
    return one()


def edit(client: Client, code: str = "W3", kind: str = "requirements", **changed: str) -> Any:
    """Send the edit page's form back with some fields changed."""
    address = reverse("framework:edit", args=[kind, code])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value()}
    return client.post(address, {**data, **changed})


# -- rewording -------------------------------------------------------------------------------------------------------


def test_the_own_words_are_shown_and_the_catalogue_stays(hr: Employee) -> None:
    entry = reworded(hr)
    assert entry.label == "Believes in Meridian's way"
    assert entry.text["en"] == "Believes in the new culture"
    assert entry.tailored_text == {"en": "Believes in Meridian's way"}
    with translation.override("it"):
        assert entry.label == "Crede nella nuova cultura"
    change = TailoringChange.objects.get()
    assert (change.verb, change.by, change.code, change.reason) == ("reword", hr, "W3", "our word for it")
    assert (change.before["text"], change.after["text"]) == ({}, {"en": "Believes in Meridian's way"})
    audited = AuditEntry.objects.get(verb="framework.reword")
    assert (audited.actor, audited.subject) == (hr, f"requirement:{entry.pk}")


def test_words_equal_to_the_catalogue_are_not_kept(hr: Employee) -> None:
    same = {**one().text, "fr": "  Croit en la   nouvelle culture "}
    assert not tailoring.reword(entry=one(), wording=Wording(same, one().detail), by=hr)
    assert one().tailored_text == {}
    assert not TailoringChange.objects.exists()


def test_tailoring_survives_a_newer_catalogue(hr: Employee, files: Any) -> None:  # noqa: F811
    reworded(hr)
    tailoring.switch_off(entry=one("W4"), by=hr)
    own = tailoring.add(kind="requirements", group="want", wording=Wording({"en": "Smiles on Mondays"}), by=hr)
    newer(files)
    assert load_catalogue()["changed"] == 1
    entry = one()
    assert (entry.label, entry.text["en"]) == ("Believes in Meridian's way", "Trusts the new culture")
    assert entry.has_newer
    assert entry.tailored_base["text"]["en"] == "Believes in the new culture"
    assert not one("W4").is_active
    own.refresh_from_db()
    assert own.label == "Smiles on Mondays"
    pair = reading.Pair(entry, "requirements", "en")
    assert ("gone", "Believes in") in pair.since_then
    assert ("new", "Trusts") in pair.since_then


def test_a_newer_text_is_kept_over_or_taken(hr: Employee, files: Any) -> None:  # noqa: F811
    reworded(hr)
    newer(files)
    load_catalogue()
    tailoring.keep(entry=one(), by=hr)
    assert not one().has_newer
    assert one().label == "Believes in Meridian's way"
    newer(files, text="Trusts it even more")
    load_catalogue()
    assert one().has_newer
    tailoring.restore(entry=one(), by=hr)
    assert (one().label, one().is_tailored, one().tailored_from) == ("Trusts it even more", False, None)
    assert list(TailoringChange.objects.values_list("verb", flat=True)) == ["restore", "keep", "reword"]


def test_who_when_and_what_before(hr: Employee) -> None:
    entry = reworded(hr, who={"en": "Front desk"}, moment={"en": "At once"}, prerequisites=["K1", "A1"])
    assert (entry.who, entry.moment, entry.prerequisites) == ({"en": "Front desk"}, {"en": "At once"}, ["K1", "A1"])
    with pytest.raises(ValidationError, match="circle"):
        tailoring.reword(entry=one("K1"), wording=Wording({}, prerequisites=["W3"]), by=hr)
    with pytest.raises(ValidationError, match="circle"):
        tailoring.reword(entry=one("K2"), wording=Wording({}, prerequisites=["K2"]), by=hr)
    with pytest.raises(ValidationError, match="no entry Z9"):
        tailoring.reword(entry=one("K2"), wording=Wording({}, prerequisites=["Z9"]), by=hr)
    assert one("K1").prerequisites == one("K2").prerequisites == []


def test_a_figure_gets_the_own_number(hr: Employee) -> None:
    figure = Figure.objects.get(code="FG5")
    tailoring.reword(entry=figure, wording=Wording({}, value=Decimal("7.5")), by=hr)
    figure.refresh_from_db()
    assert (figure.value, figure.amount) == (Decimal(10), Decimal("7.5"))
    with pytest.raises(ValidationError, match="from 0 to 100"):
        tailoring.reword(entry=Figure.objects.get(code="FG1"), wording=Wording({}, value=Decimal(101)), by=hr)
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.filter(code="FG1").update(tailored_value=101)
    tailoring.restore(entry=figure, by=hr)
    figure.refresh_from_db()
    assert figure.amount == 10


# -- own entries, switching ------------------------------------------------------------------------------------------


def test_own_entries_get_codes_that_are_never_used_again(hr: Employee) -> None:
    made = [
        tailoring.add(kind=kind, group=group, wording=Wording({"en": f"{group} {n}"}), by=hr).code
        for n in range(2)
        for kind, group in (("requirements", "know"), ("behaviours", "attitude"), ("behaviours", "sin"))
    ]
    assert made == ["KX1", "AX1", "NX1", "KX2", "AX2", "NX2"]
    with pytest.raises(ValidationError, match="at least one language"):
        tailoring.add(kind="requirements", group="can", wording=Wording({"en": " "}), by=hr)
    with pytest.raises(ValidationError, match="your own"):
        tailoring.restore(entry=one("KX1"), by=hr)
    with pytest.raises(ValidationError, match="Choose one"):
        tailoring.add(kind="requirements", group="sin", wording=Wording({"en": "x"}), by=hr)
    assert load_catalogue()["changed"] == 0
    assert one("KX1").is_active


def test_switched_off_is_offered_nowhere_but_old_records_show_it(
    hr: Employee, employee: Employee, stranger: Employee, client_of: ClientOf
) -> None:
    attitude = Behaviour.objects.get(code="A5")
    thank(employee, stranger, behaviour=attitude, story="Stayed late.")
    tailoring.switch_off(entry=attitude, by=hr, reason="not ours")
    tailoring.switch_off(entry=one("K7"), by=hr)
    offered = GiveForm(giver=employee, caps=Caps(), left=100).fields["behaviour"].queryset  # type: ignore[attr-defined]
    assert "A5" not in {entry.code for entry in offered}
    assert len(offered) == 7
    course = CourseForm(initial=blank("en")).fields["requirements"].choices  # type: ignore[attr-defined]
    assert "K7" not in dict(course)
    kept = CourseForm(initial={**blank("en"), "requirements": ["K7"]}).fields["requirements"].choices  # type: ignore[attr-defined]
    assert "K7" in dict(kept)
    assert "Stayed late." in client_of(employee).get(reverse("recognition:feed")).content.decode()
    page = client_of(employee).get("/framework/").content.decode()
    assert ">A5<" not in page
    assert "Switched off since" in client_of(employee).get("/framework/behaviours/A5/").content.decode()
    rows = client_of(employee).get("/api/v1/behaviours/?active=true&limit=100").json()["results"]
    assert "A5" not in {row["code"] for row in rows}
    tailoring.switch_on(entry=attitude, by=hr)
    assert ">A5<" in client_of(employee).get("/framework/").content.decode()


def test_the_own_words_reach_those_who_choose(hr: Employee, employee: Employee, client_of: ClientOf) -> None:
    attitude = Behaviour.objects.get(code="A1")
    tailoring.reword(entry=attitude, wording=Wording({"en": "Guests come first"}), by=hr)
    page = client_of(employee).get(reverse("recognition:give"), {"to": hr.pk}).content.decode()
    assert "Guests come first" in page
    assert "Customer first" not in page


def test_the_history_cannot_be_rewritten(hr: Employee) -> None:
    reworded(hr)
    for statement in ("UPDATE culture_tailoringchange SET code = 'W4'", "DELETE FROM culture_tailoringchange"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    TailoringChange.objects.update(reason="")  # free text may lose a name
    assert TailoringChange.objects.get().code == "W3"


# -- pages -----------------------------------------------------------------------------------------------------------

PAGES = [
    "/framework/compare/", "/framework/history/", "/framework/requirements/W3/edit/", "/framework/requirements/add/",
    "/framework/behaviours/add/", "/framework/profiles/", "/framework/profiles/add/",
]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_who_may_adapt(address: str, hr, manager, executive, employee, stranger, client_of: ClientOf) -> None:  # type: ignore[no-untyped-def]
    assert client_of(hr).get(address).status_code == 200
    for person in (manager, executive, employee, stranger):
        assert client_of(person).get(address).status_code == 403
    assert client_of(None).get(address).status_code == 302


def test_hr_of_one_unit_may_not_adapt(hr: Employee, units: Any, client_of: ClientOf) -> None:
    Grant.objects.filter(employee=hr).update(unit=units["Retail"])
    for address in PAGES:
        assert client_of(hr).get(address).status_code == 403
    assert client_of(hr).post("/framework/requirements/W3/off/").status_code == 403
    assert one().is_active


def test_editing_in_the_browser(hr: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    answer = edit(client, text_en="Believes in us", who_it="Chi sta allo sportello", reason="shorter")
    assert answer.status_code == 302
    assert (one().tailored_text, one().who) == ({"en": "Believes in us"}, {"it": "Chi sta allo sportello"})
    page = client.get("/framework/requirements/W3/").content.decode()
    assert "Believes in us" in page
    assert "shorter" in page
    assert edit(client).status_code == 302
    assert TailoringChange.objects.count() == 1
    # Emptied: the catalogue's words come back.
    assert edit(client, text_en="", who_it="").status_code == 302
    assert not one().is_tailored


def test_two_editors_do_not_overwrite_each_other(hr: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = "/framework/requirements/W3/edit/"
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value()}
    reworded(hr, "the other one's words")
    late = client.post(address, {**data, "text_en": "my words"})
    assert late.status_code == 422
    assert "Somebody else changed this entry" in late.content.decode()
    assert "my words" in late.content.decode()
    assert one().label == "the other one's words"
    again = late.context["form"]
    assert client.post(address, {**data, "seen": again["seen"].value(), "text_en": "my words"}).status_code == 302
    assert one().label == "my words"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("text_en", "x" * 241, "240"),
        ("detail_fr", "a\0b", "Null characters"),
        ("prerequisites", "Z9", "Z9"),
        ("reason", "x" * 501, "500"),
    ],
)
def test_bad_input_is_told_and_kept(field: str, value: str, says: str, hr: Employee, client_of: ClientOf) -> None:
    answer = edit(client_of(hr), **{"text_it": "Parola nostra", field: value})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "Parola nostra" in answer.content.decode()
    assert not one().is_tailored


def test_a_bad_number_is_told(hr: Employee, client_of: ClientOf) -> None:
    for value in ("101", "-1", "many"):
        assert edit(client_of(hr), "FG1", "figures", value=value).status_code == 422
    assert edit(client_of(hr), "FG1", "figures", value="70.5").status_code == 302
    assert Figure.objects.get(code="FG1").amount == Decimal("70.5")


def test_adding_in_the_browser(hr: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    refused = client.post("/framework/behaviours/add/", {"text_en": "Walks the guest to the door"})
    assert refused.status_code == 422
    assert "Walks the guest to the door" in refused.content.decode()
    answer = client.post(
        "/framework/behaviours/add/",
        {
            "group": "attitude",
            "text_en": "Walks the guest to the door",
            "moment_en": "On leaving",
            "prerequisites": ["A1"],
        },
    )
    assert answer["Location"] == "/framework/profiles/?group=attitude"
    made = Behaviour.objects.get(own=True)
    assert (made.code, made.moment, made.prerequisites) == ("AX1", {"en": "On leaving"}, ["A1"])
    page = client.get("/framework/?language=fr").content.decode()
    assert "Walks the guest to the door" in page
    assert client.get("/framework/conditions/add/").status_code == 404


def test_switching_and_restoring_in_the_browser(hr: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)
    address = "/framework/practices/P8/"
    assert client.get(address + "off/").status_code == 405
    client.post(address + "off/", {"reason": "handled elsewhere"})
    assert not Practice.objects.get(code="P8").is_active
    assert "handled elsewhere" in client.get("/framework/history/").content.decode()
    client.post(address + "restore/", {"next": "/framework/compare/"})
    assert Practice.objects.get(code="P8").is_active
    assert client.post(address + "on/", {"next": "https://evil.example/"})["Location"] == address
    assert client.post(address + "explode/").status_code == 404
    client.post(address + "off/", {"reason": "x" * 501})
    assert Practice.objects.get(code="P8").is_active


def test_the_comparison_shows_what_differs(hr: Employee, client_of: ClientOf, files: Any) -> None:  # noqa: F811
    client = client_of(hr)
    assert "word for word" in client.get("/framework/compare/").content.decode()
    reworded(hr)
    tailoring.switch_off(entry=one("K7"), by=hr)
    page = client.get("/framework/compare/").content.decode()
    assert "2 entries differ from the catalogue" in page
    assert "<del>the new culture</del>" in page
    assert "<ins>Meridian&#x27;s way</ins>" in page
    newer(files)
    load_catalogue()
    assert (
        "1 text you reworded has a newer catalogue text"
        in client.get("/framework/compare/?show=newer").content.decode()
    )
    assert "139" in client.get("/framework/compare/?show=all&page=2").content.decode()
    assert client.get("/framework/compare/?show=nonsense&page=x").status_code == 200
    client.post("/framework/requirements/W3/keep/", {"next": "/framework/compare/?show=newer"})
    assert not one().has_newer


@pytest.mark.parametrize("address", ["/framework/compare/", "/framework/history/"])
def test_the_lists_cost_the_same_for_one_and_three(address: str, hr: Employee, client_of: ClientOf) -> None:
    client = client_of(hr)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    reworded(hr)
    cost()
    first = cost()
    for code in ("K1", "K2"):
        tailoring.reword(entry=one(code), wording=Wording({"en": code}), by=hr)
    assert cost() == first


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_comparison_holds_both_texts(old: str, new: str) -> None:
    found = parts(old, new)
    assert "".join(text for kind, text in found if kind != "gone") == new
    assert "".join(text for kind, text in found if kind != "new") == old


def test_chinese_is_compared_by_character() -> None:
    assert parts("相信新的文化", "相信旧的文化") == [
        ("same", "相信"),
        ("gone", "新"),
        ("new", "旧"),
        ("same", "的文化"),
    ]


def test_only_one_default_profile_and_no_loss_on_reload(hr: Employee) -> None:
    before = profiles.for_employee(hr).levels
    loading.load_catalogue()
    assert profiles.for_employee(hr).levels == before
    assert set(before.values()) == {3}
    assert len(before) == 29
