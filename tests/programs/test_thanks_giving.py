"""Thanks to a team, for a customer, with a picture; and who is offered to be thanked."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from culture.access.models import AuditEntry
from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, Requirement
from culture.people import erasure
from culture.people.models import Employee
from programs.planning.models import Program
from programs.recognition import aims, evenness, finding, giving, pictures, proving, settling, suggesting
from programs.recognition.feed_models import KudosPicture
from programs.recognition.models import Kudos, KudosReceiver
from programs.recognition.point_models import AllowanceRule, PointRules
from surveys.waves.link_models import ServiceLink
from tests.conftest import make_person, make_unit
from tests.programs.thanks import LATER, thank

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


def form(**changes: Any) -> dict[str, Any]:
    filled = {"behaviour": Behaviour.objects.get(code="A1").pk, "story": "Found my parcel.", "points": 0}
    return {**filled, "public": "yes", "key": str(uuid.uuid4()), **changes}


def jpeg(size: tuple[int, int] = (2400, 1200), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#0d4f4f").save(out, "JPEG", **more)
    return out.getvalue()


# -- a team ----------------------------------------------------------------------------------------------------------


def test_a_whole_team_is_thanked_at_once(
    client_of: Any, employee: Employee, manager: Employee, stranger: Employee
) -> None:
    unit: Any = employee.unit
    Employee.objects.filter(number="A11").update(left_on=timezone.localdate() - DAY)
    Employee.objects.filter(number="A10").update(hired_on=timezone.localdate() + DAY)
    client = client_of(stranger)
    page = client.get("/thanks/new/", {"q": "branch"}).content.decode()
    assert f"?team={unit.pk}" in page and "10 people, thanked at once" in page
    assert "Thank all of Branch A" in client.get("/thanks/new/", {"team": unit.pk}).content.decode()
    answer = client.post("/thanks/new/", form(team=unit.pk, points=11))
    assert "Your points are enough for 10 to each of 10 people." in answer.content.decode()
    answer = client.post("/thanks/new/", form(team=unit.pk, points=10), follow=True)
    assert "Thank you sent to Branch A." in answer.content.decode()
    kudos = Kudos.objects.get()
    assert kudos.team == unit and kudos.receipts.count() == 10  # type: ignore[attr-defined]
    assert giving.left(stranger, timezone.now()) == 0
    settling.settle(now=timezone.now() + LATER)
    assert giving.balance(manager) == giving.balance(employee) == 10
    page = client.get("/thanks/").content.decode()
    assert "<strong>Branch A</strong>" in page and "10 people" in page and "Person A2" not in page
    assert "10 points each" in client_of(employee).get("/thanks/").content.decode()
    assert "points each" not in client_of(make_person("OUT", stranger.unit)).get("/thanks/").content.decode()


def test_of_his_own_team_the_giver_is_no_part_and_an_empty_one_is_not_there(
    client_of: Any, employee: Employee, units: Any
) -> None:
    client = client_of(employee)
    assert client.post("/thanks/new/", form(team=employee.unit_id)).status_code == 302
    assert not KudosReceiver.objects.filter(receiver=employee).exists()
    assert KudosReceiver.objects.count() == 11
    empty = make_unit("Nobody", units["Retail"])
    for wrong in (empty.pk, 99999999, "x", "²"):
        assert client.get("/thanks/new/", {"team": wrong}).status_code == 404
        assert client.post("/thanks/new/", form(team=wrong)).status_code == 404


def test_whom_the_limit_of_a_month_stops_is_thanked_with_his_team_without_points(
    client_of: Any, employee: Employee, manager: Employee, stranger: Employee
) -> None:
    PointRules.objects.create(pk=1, per_gift=10, pair_points=12, pair_gifts=3)
    AllowanceRule.objects.create(base=130)
    unit: Any = employee.unit
    thank(stranger, employee, points=10)
    for _ in range(3):
        thank(stranger, manager, points=0)
    mine = client_of(stranger)
    page = mine.get("/thanks/new/", {"team": unit.pk}).content.decode()
    assert "limit between two people, or nearly" in page
    assert f"{manager.name}: 0 points" in page and f"{employee.name}: 2 points" in page and "Person A5:" not in page
    answer = mine.post("/thanks/new/", form(team=unit.pk, points=10), follow=True).content.decode()
    assert "Thank you sent to Branch A." in answer
    for name in (manager.name, employee.name):
        assert name in answer.split("are thanked without points")[0].split("Thank you sent")[1]
    kudos = Kudos.objects.get(team=unit)
    assert kudos.receipts.count() == 12  # type: ignore[attr-defined]
    passed = set(kudos.receipts.filter(without_points=True).values_list("receiver", flat=True))  # type: ignore[attr-defined]
    assert passed == {employee.pk, manager.pk}
    assert giving.left(stranger, timezone.now()) == 130 - 10 - 10 * 10
    entry = AuditEntry.objects.filter(verb="kudos.given").latest("pk")
    assert set(entry.detail["without_points"]) == passed and proving.findings() == []
    assert "10 points each · 2 people without, because of the month" in mine.get("/thanks/").content.decode()
    told = client_of(employee).get("/thanks/").content.decode()
    assert "without points for you" in told and "2 people without" not in told
    settling.settle(now=timezone.now() + LATER)
    held = {one.number: giving.balance(one) for one in Employee.objects.filter(number__in=["A5", "A6"])}
    assert held == {"A5": 10, "A6": 10} and (giving.balance(employee), giving.balance(manager)) == (10, 0)
    assert proving.findings() == []
    today = timezone.localdate()
    told_even = [row for row in evenness._given(today, today) if row[0] in passed and row[3] == "Found my parcel."]
    assert {row[0]: row[2] for row in told_even} == {employee.pk: 0, manager.pk: 0}, "what he got himself"
    # What passed him over counts as no points: two are left for him, and one more thanks.
    assert thank(stranger, employee, points=2).points == 2
    with pytest.raises(ValidationError, match="3 times this month"):
        thank(stranger, employee, points=0)


def test_a_team_whose_thanks_are_withdrawn_gives_back_what_was_paid(
    client_of: Any, employee: Employee, stranger: Employee
) -> None:
    PointRules.objects.create(pk=1, per_gift=10, pair_points=10)
    AllowanceRule.objects.create(base=200)
    thank(stranger, employee, points=10)
    client_of(stranger).post("/thanks/new/", form(team=employee.unit_id, points=10))
    kudos = Kudos.objects.get(team=employee.unit_id)
    assert giving.left(stranger, timezone.now()) == 200 - 10 - 11 * 10
    settling.withdraw(kudos=kudos, by=stranger, now=timezone.now())
    assert giving.left(stranger, timezone.now()) == 190 and proving.findings() == []


def test_a_team_of_which_nobody_may_get_points_is_asked_again(
    client_of: Any, employee: Employee, stranger: Employee
) -> None:
    """Nothing is sent as worth points that nobody gets; and the share of one team still refuses the whole gift."""
    PointRules.objects.create(pk=1, per_gift=10, pair_points=10, pair_gifts=3)
    client = client_of(employee)
    thank(employee, stranger, points=8)

    def refused(words: str, **changes: Any) -> None:
        answer = client.post("/thanks/new/", form(team=stranger.unit_id, **changes))
        assert answer.status_code == 400 and words in answer.content.decode()

    refused("You cannot give anybody of Branch B that many points any more this month; 0 always goes.", points=3)
    assert client.post("/thanks/new/", form(team=stranger.unit_id, points=2)).status_code == 302
    assert client.post("/thanks/new/", form(team=stranger.unit_id, points=0)).status_code == 302
    refused("You have thanked everybody of Branch B as often as one may in a month.", points=0)
    PointRules.objects.update(pair_gifts=9, pair_points=0, team_share=11)
    refused("At most 1 more of your points can go to the team of", points=2)


@pytest.mark.parametrize("people", [1, 3])
def test_a_gift_takes_twelve_queries_however_many_it_thanks(client_of: Any, employee: Employee, people: int) -> None:
    """Each further one is some 0.7 ms of a processor, which every gift of a busy Friday pays."""
    to = list(Employee.objects.filter(number__in=[f"A{n}" for n in range(5, 5 + people)]).values_list("pk", flat=True))
    client = client_of(employee)
    client.post("/thanks/new/", form(to=to, points=1))  # the first of a month also opens its accounts
    filled = form(to=to, points=1, customer="external", dimension="want")
    with CaptureQueriesContext(connection) as caught:
        answer = client.post("/thanks/new/", filled)
    assert answer.status_code == 302
    asked = [one["sql"] for one in caught if "SAVEPOINT" not in one["sql"]]
    assert len(asked) == 12, "\n".join(asked)


# -- what for, and for whom ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "kind", "unit"),
    [
        ({"customer": "own"}, "internal", "Branch A"),
        ({"customer": "other", "unit": "services"}, "internal", "Services"),
        ({"customer": "other", "unit": "Meridian > Retail > Branch B"}, "internal", "Branch B"),
        ({"customer": "external", "unit": "Services"}, "external", None),
        ({}, "", None),
    ],
)
def test_for_which_customer(
    client_of: Any, employee: Employee, stranger: Employee, changes: Any, kind: str, unit: Any
) -> None:
    assert client_of(employee).post("/thanks/new/", form(to=stranger.pk, **changes)).status_code == 302
    kudos = Kudos.objects.get()
    assert (kudos.customer, kudos.customer_unit and kudos.customer_unit.name) == (kind, unit)


def test_a_unit_nobody_can_tell_is_asked_again(
    client_of: Any, employee: Employee, stranger: Employee, units: Any
) -> None:
    make_unit("Branch A", units["Services"])
    for written, told in (
        ("", "Write which unit it was"),
        ("Moon base", "No unit is called “Moon base”"),
        ("branch a", "Several units are called “branch a”"),
    ):
        answer = client_of(employee).post("/thanks/new/", form(to=stranger.pk, customer="other", unit=written))
        assert answer.status_code == 400 and told in answer.content.decode()
    assert not Kudos.objects.exists()


def test_what_it_stands_for_is_always_known(client_of: Any, employee: Employee, stranger: Employee) -> None:
    client = client_of(employee)
    Requirement.objects.filter(code="W1").update(off_since=timezone.now())
    for changes, code in (
        ({}, "W9"),
        ({"dimension": "want"}, "W9"),
        ({"dimension": "know"}, "K1"),
        ({"dimension": "know", "requirement": "C5"}, "C5"),
    ):
        assert client.post("/thanks/new/", form(to=stranger.pk, **changes)).status_code == 302
        assert Kudos.objects.latest("pk").requirement.code == code  # type: ignore[union-attr]
    assert client.post("/thanks/new/", form(to=stranger.pk, requirement="W1")).status_code == 400
    off = Behaviour.objects.get(code="A2")
    Behaviour.objects.filter(pk=off.pk).update(off_since=timezone.now())
    assert client.post("/thanks/new/", form(to=stranger.pk, behaviour=off.pk)).status_code == 400
    off.refresh_from_db()
    for wrong in ({"behaviour": off}, {"requirement": None}, {"requirement": Requirement.objects.get(code="W1")}):
        with pytest.raises(ValidationError):
            thank(employee, stranger, **wrong)


def test_what_the_program_aims_at_comes_first(client_of: Any, employee: Employee, stranger: Employee, hr: Any) -> None:
    today = timezone.localdate()
    program = Program.objects.create(
        name="Service first", starts_on=today, ends_on=today + 900 * DAY, state="running", launched_on=today
    )
    program.focus.set(Requirement.objects.filter(code__in=["K3", "C1"]))
    page = client_of(employee).get("/thanks/new/", {"to": stranger.pk}).content.decode()
    order = re.findall(r'name="behaviour" value="(\d+)"', page)
    codes = dict(Behaviour.objects.values_list("pk", "code"))
    assert [codes[int(pk)] for pk in order[:3]] == ["A5", "A8", "A1"]
    assert "What our program aims at comes first." in page
    stood = aims.stands_for(Behaviour.objects.get(code="A1"), "can", {"C3"}, list(Requirement.objects.all()))
    assert stood is not None and stood.code == "C3"


def test_a_story_keeps_its_language(client_of: Any, employee: Employee, stranger: Employee) -> None:
    story = "Ha trovato il mio pacco."
    client_of(employee).post("/thanks/new/", form(to=stranger.pk, story=story, language="it"))
    assert f'<blockquote lang="it">{story}' in client_of(stranger).get("/thanks/").content.decode()
    assert client_of(employee).post("/thanks/new/", form(to=stranger.pk, language="xx")).status_code == 400


# -- pictures --------------------------------------------------------------------------------------------------------


def sent(client: Any, to: Employee, content: bytes, name: str = "a.jpg", **changes: Any) -> Any:
    return client.post("/thanks/new/", form(to=to.pk, picture=SimpleUploadedFile(name, content), **changes))


def test_a_picture_loses_what_the_camera_knew_and_is_seen_by_who_sees_the_thanks(
    client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Planted Camera"  # turned by a quarter; maker
    exif.get_ifd(0x8825).update({1: "N", 2: (41.0, 54.0, 10.0)})
    content = jpeg(exif=exif, comment=b"Planted comment") + b"Planted tail"
    assert b"Planted Camera" in content
    sent(client_of(employee), stranger, content, public="no", alt="Two of us at the counter")
    picture = KudosPicture.objects.get()
    kept = bytes(picture.content)
    assert b"Planted" not in kept and not Image.open(io.BytesIO(kept)).getexif()
    assert (picture.width, picture.height) == (800, 1600), "upright, and no larger than a screen"
    url = f"/thanks/{picture.kudos_id}/picture/{picture.name}/"  # type: ignore[attr-defined]
    page = client_of(stranger).get("/thanks/received/").content.decode()
    assert url in page and 'alt="Two of us at the counter"' in page
    seen = client_of(stranger).get(url)
    assert (seen.status_code, seen["Content-Type"], seen["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    again = client_of(stranger).get(url, headers={"If-None-Match": seen["ETag"]})
    assert again.status_code == 304
    other = make_person("OUT", stranger.unit)
    for nobody in (other, hr):
        assert client_of(nobody).get(url).status_code == 404
        assert client_of(nobody).get(url, headers={"If-None-Match": seen["ETag"]}).status_code == 404
    assert client_of(None).get(url).status_code == 302
    assert client_of(stranger).get(f"/thanks/{picture.kudos_id}/picture/{uuid.uuid4()}/").status_code == 404  # type: ignore[attr-defined]
    client_of(employee).post(f"/thanks/{picture.kudos_id}/withdraw/")  # type: ignore[attr-defined]
    assert not KudosPicture.objects.exists() and client_of(stranger).get(url).status_code == 404


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<svg onload='alert(1)'/>", "no picture that can be read"),
        (b"GIF89a" + b"\0" * 40, "no picture that can be read"),
        (jpeg((400, 400))[:900], "no picture that can be read"),
        (jpeg((4, 4)), "too small"),
        (b"", "is empty"),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_is_written(
    client_of: Any, employee: Employee, stranger: Employee, content: bytes, told: str
) -> None:
    answer = sent(client_of(employee), stranger, content, story="A story worth keeping.")
    page = answer.content.decode()
    assert answer.status_code == 400 and told in page and "A story worth keeping." in page
    assert not Kudos.objects.exists()


def test_bombs_and_giants_are_refused_before_they_are_read(monkeypatch: Any) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", {"JPEG": 10_000})
    with pytest.raises(ValidationError, match="too many dots"):
        pictures.draw(jpeg((101, 100)))
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    with pytest.raises(ValidationError, match="larger than"):
        pictures.draw(jpeg((50, 50)))


def test_pictures_of_every_kind_become_plain_ones() -> None:
    kinds = {"PNG": ("RGBA", "P", "LA", "I;16", "1"), "WEBP": ("RGB", "RGBA"), "JPEG": ("CMYK", "L")}
    for kind, mode in [(kind, mode) for kind, modes in kinds.items() for mode in modes]:
        out = io.BytesIO()
        Image.new(mode, (60, 40)).save(out, kind)
        drawn = pictures.draw(out.getvalue())
        again = Image.open(io.BytesIO(drawn.content))
        assert (again.format, again.mode, again.size) == ("JPEG", "RGB", (60, 40)), (kind, mode)
    clear = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(clear, "PNG")
    assert Image.open(io.BytesIO(pictures.draw(clear.getvalue()).content)).getpixel((5, 5)) == (255, 255, 255)


def test_a_picture_goes_with_whoever_may_be_on_it(employee: Employee, stranger: Employee, hr: Employee) -> None:
    drawn = pictures.draw(jpeg((50, 50)))
    thank(employee, stranger, picture=drawn)
    thank(stranger, hr, picture=drawn)
    thank(employee, hr, picture=drawn)
    yesterday = timezone.localdate() - DAY
    Employee.objects.filter(pk=stranger.pk).update(left_on=yesterday)
    erasure.erase(employee=stranger, by=hr, today=yesterday + DAY)
    assert [one.kudos.giver_id for one in KudosPicture.objects.all()] == [employee.pk]


# -- whom ------------------------------------------------------------------------------------------------------------


def test_who_is_offered_and_why(
    client_of: Any, employee: Employee, manager: Employee, stranger: Employee, units: Any
) -> None:
    today = timezone.localdate()
    serving = make_person("SV1", units["Services"], given_name="Selma", family_name="Serves")
    served = make_person("SV2", make_unit("Shop", units["Retail"]), given_name="Cem", family_name="Customer")
    ended = make_person("SV3", make_unit("Old", units["Retail"]), given_name="Olga", family_name="Old")
    ServiceLink.objects.create(customer=units["Retail"], provider=units["Services"])
    ServiceLink.objects.create(customer=served.unit, provider=units["Branch A"])
    ServiceLink.objects.create(customer=units["Branch A"], provider=ended.unit, until=today - DAY)
    gone = make_person("SV4", units["Services"], given_name="Gina", family_name="Gone", left_on=today - DAY)
    thank(stranger, employee)
    found = suggesting.suggestions(employee, today)
    why = {one.person.pk: one.why for one in found}
    assert why[stranger.pk] == "thanked you lately"
    assert why[manager.pk] == "your manager"
    assert why[serving.pk] == "Services serves your unit"
    assert why[served.pk] == "your unit serves Shop"
    assert "your team" in why.values() and employee.pk not in why and gone.pk not in why and ended.pk not in why
    assert [one.person.pk for one in suggesting.suggestions(employee, today)] == [one.person.pk for one in found]
    assert len(why) == len(found) <= 12
    page = client_of(employee).get("/thanks/new/").content.decode()
    assert "Services serves your unit" in page and f"?to={served.pk}" in page and "All of Branch A" in page
    home = client_of(employee).get("/").content.decode()
    assert f"/thanks/new/?to={stranger.pk}" in home and "thanked you lately" in home
    assert "reports to you" in {one.why for one in suggesting.suggestions(manager, today, 30)}


def test_whoever_has_no_unit_and_no_manager_is_offered_nobody(client_of: Any, stranger: Employee) -> None:
    Employee.objects.filter(pk=stranger.pk).update(unit=None, manager=None)
    stranger.refresh_from_db()
    assert suggesting.suggestions(stranger, timezone.localdate()) == []
    assert client_of(stranger).get("/thanks/new/").status_code == 200


def test_search_by_name_unit_or_both(employee: Employee, stranger: Employee, units: Any) -> None:
    today = timezone.localdate()

    def found(text: str) -> list[Employee]:
        return finding.people(employee, text, today, "en", 12)

    make_person("SV5", units["Branch B"], given_name="Svenja", family_name="Österlund")
    assert found("sven") == sorted(found("sven"), key=lambda one: one.sort_name) and len(found("sven")) == 2
    assert [one.name for one in found("osterlund")] == ["Svenja Österlund"]
    assert [one.name for one in found("sven other branch")] == ["Sven Other"]
    assert set(found("branch b")[:2]) == {stranger, found("svenja")[0]} and employee not in found("person a1 branch")
    assert len(found("branch")) == 12 and found("zzzz") == [] and found("..") == []
    teams = {one.unit.name: one.count for one in finding.teams(employee, "branch", today)}
    assert teams == {"Branch A": 11, "Branch B": 2}
