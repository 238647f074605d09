"""Comments before their release (names masked), after it (searched, counted, exported), and in corrections."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from culture.access import clock, grants
from culture.access.models import AuditEntry, Grant, Role
from culture.people.models import Employee
from surveys.answering import submitting
from surveys.results import comment_files, comments, exports, moderating, releasing, sharing, themes
from surveys.results import tick as ticking
from surveys.results.comment_models import Moderation, ReleasedComment
from surveys.results.correcting import Correction, correct
from surveys.results.models import CellGroup, Release, SealedComment
from surveys.results.sharing_models import SharingPlan
from surveys.waves.models import Invitation, Wave
from tests.conftest import make_person
from tests.surveys.results_world import PLANTED, open_wave, people
from tests.surveys.test_result_files import read
from tests.surveys.test_sharing import body_of, walk

pytestmark = pytest.mark.django_db
SAID = [
    "Marco Neri is rude to everybody who asks.",
    "Siamo in ritardo e nessuno risponde.",
    "=SUM(A1) waiting <b>for</b> Hanna",
]
NAMED = "Marco Neri"


@pytest.fixture
def world(hr, executive, manager, stranger, units):
    """Everybody answers; Branch B writes SAID in turn, of Branch C three people write what is never told."""
    people(units)
    world = open_wave(units)
    items = world.wave.snapshot["items"]
    code = next(item["code"] for item in items if item["kind"] == "comment")
    scored = [item["code"] for item in items if item["kind"] != "comment" and item["about"] == "own"]
    given, in_c = [], 0
    for n, one in enumerate(Invitation.objects.filter(wave=world.wave).select_related("employee__unit").order_by("pk")):
        unit = one.employee.unit.name
        in_c += unit == "Branch C"
        if unit == "Branch C" and in_c > 3:
            continue
        text = {"Branch C": PLANTED, "Branch B": SAID[n % 3]}.get(unit)
        own = {key: 3 + n % 3 for key in scored}
        given.append((one.pk, {"own": own, "providers": {}, "comment": {code: text} if text else {}}))
    submitting.submit_many(world.wave, given)
    moderating.forget_names()
    return world


@pytest.fixture
def moderator(units) -> Employee:
    person = make_person("MOD", units["Services"])
    Grant.objects.create(employee=person, role=Role.MODERATOR, until=clock.today() + dt.timedelta(days=5))
    return person


def waiting(world, days=7):
    """The wave closed now, its comments waiting."""
    SharingPlan.objects.update_or_create(series=world.wave.series, defaults={"moderation_days": days})
    releasing.close_wave(world.wave, now=timezone.now())
    return Wave.objects.get(pk=world.wave.pk)


def released(world):
    releasing.close_wave(world.wave, now=timezone.now())
    return Wave.objects.select_related("series", "sharing").get(pk=world.wave.pk)


def shown(client, url) -> list[str]:
    """The comments a page of the queue shows, by their hex ids."""
    parts = body_of(client.get(url)).split('name="shown" value="')[1:]
    return [part[:32] for part in parts]


# -- before the release ----------------------------------------------------------------------------------------------


def test_a_wave_waits_until_its_comments_were_looked_at(world, client_of, hr, moderator, manager, stranger):
    wave = waiting(world)
    url = reverse("results:moderate", args=[wave.pk])
    assert wave.state == Wave.State.CLOSED and not Release.objects.exists()
    assert ticking.due(timezone.now()) == []
    for user in (manager, stranger):
        for address in (url, reverse("results:moderation")):
            assert client_of(user).get(address).status_code == 403
    client = client_of(moderator)
    assert "24" in body_of(client.get(reverse("results:moderation")))
    assert "waits" not in body_of(client_of(hr).get("/results/"))
    page = body_of(client.get(url))
    assert "Branch B" in page and PLANTED not in page and "Branch C" not in page
    assert SAID[1].split()[-1].rstrip(".") in page and "Person Bx" not in page
    ids = shown(client, url)
    assert len(ids) == len(set(ids)) == 10
    done = reverse("results:moderate_done", args=[wave.pk])
    client.post(done)
    assert Moderation.objects.get().finished_at is None
    while ids := shown(client, url):
        marks = {}
        for pk in ids:
            text = SealedComment.objects.get(wave_id=wave.pk, id=uuid.UUID(pk)).text
            # As the page ticks them: the two words of the name; in the third kind nobody sees the name.
            marks |= {f"w-{pk}": ["0", "1"]} if text == SAID[0] else {f"t-{pk}": "waiting"}
        assert client.post(url, {"shown": ids, **marks}).status_code == 302
    assert client.get(done).status_code == 405
    assert client.post(done).status_code == 302
    wave = released(world)
    assert wave.state == Wave.State.RELEASED
    texts = set(comments.readable(wave, hr).values_list("text", flat=True))
    assert texts == {
        "[name] is rude to everybody who asks.", SAID[1], "=SUM(A1) [name] <b>for</b> Hanna",
    }  # fmt: skip
    assert set(comments.readable(wave, hr).filter(masked=1).values_list("text", flat=True)) == texts - {SAID[1]}
    # The original is nowhere any more: not in a page, not in what is kept, not in the record of what was done.
    assert NAMED not in " ".join(SealedComment.objects.filter(wave_id=wave.pk).values_list("text", flat=True))
    assert NAMED not in str(list(AuditEntry.objects.filter(verb__startswith="comments.").values_list("detail")))
    assert AuditEntry.objects.filter(verb="comments.masked").count() == 3
    assert not [
        u for u, (_s, body) in walk(client_of(hr), wave).items() if f"{NAMED} is rude" in body or PLANTED in body
    ]
    assert client.get(url).status_code == 404
    assert client.post(url, {"shown": [ids]}).status_code == 302
    assert client.get(reverse("results:comments", args=[wave.pk])).status_code == 403


def test_names_masked_by_themselves_are_nowhere_kept(world, hr):
    """Nobody looked in time: what a page tells as "[name]" stays in no row, nor a name in a comment shown nowhere."""
    wave = waiting(world)
    SealedComment.objects.filter(wave_id=wave.pk, home=0).update(text=f"{PLANTED} by {NAMED}")
    assert SealedComment.objects.filter(wave_id=wave.pk, home=0).exists()
    releasing.close_wave(wave, now=timezone.now() + dt.timedelta(days=8))
    wave.refresh_from_db()
    assert wave.state == Wave.State.RELEASED and wave.public_key is None
    texts = list(comments.readable(wave, hr).values_list("text", flat=True))
    assert "[name] is rude to everybody who asks." in texts
    kept = " ".join(SealedComment.objects.filter(wave_id=wave.pk).values_list("text", flat=True))
    assert "[name] is rude" in kept and f"{PLANTED} by [name]" in kept and NAMED not in kept


def test_what_was_marked_can_be_changed_until_the_end(world, moderator):
    wave, now = waiting(world), timezone.now()
    row = moderating.of(wave).filter(text=SAID[0]).first()
    moderating.save(wave, {row.id: ({0, 1}, "")}, by=moderator, now=now)
    row.refresh_from_db()
    assert (row.masks, row.looked) == ([0, 10], True)
    moderating.save(wave, {row.id: (set(), "")}, by=moderator, now=now)
    row.refresh_from_db()
    assert (row.masks, row.text) == ([], SAID[0])
    # Only comments that would be shown can be marked, and nothing of another wave.
    hidden = SealedComment.objects.filter(wave_id=wave.pk, text=PLANTED).first()
    assert moderating.save(wave, {hidden.id: ({0}, ""), uuid.uuid4(): ({0}, "")}, by=moderator, now=now) == (0, 0)


def test_a_forgotten_queue_blocks_nothing_and_lets_no_known_name_out(world, hr):
    """After the days the tick goes on by itself; what nobody looked at goes out without names the register knows."""
    wave = waiting(world, days=3)
    later = timezone.localtime() + dt.timedelta(days=3, minutes=1)
    assert [one.pk for one in ticking.due(later)] == [wave.pk]
    wave = releasing.close_wave(wave, now=later)
    assert wave.state == Wave.State.RELEASED and wave.public_key is None
    texts = set(ReleasedComment.objects.values_list("text", flat=True))
    assert texts == {"[name] is rude to everybody who asks.", SAID[1], "=SUM(A1) waiting <b>for</b> [name]"}


def test_without_hr_wanting_it_nothing_waits(world):
    wave = released(world)
    assert wave.state == Wave.State.RELEASED and not Moderation.objects.exists()
    assert SAID[0] in ReleasedComment.objects.values_list("text", flat=True)


def test_a_wave_of_its_own_may_wait_or_not(world, hr):
    SharingPlan.objects.create(series=world.wave.series, moderation_days=7)
    on = dict.fromkeys(sharing.AUDIENCES)
    sharing.share(world.wave, on=on, employee_comments=False, tell=False, moderation_days=0, by=hr)
    assert released(world).state == Wave.State.RELEASED


def test_a_moderator_is_one_for_a_time(hr, units, stranger, client_of):
    with pytest.raises(Exception, match="last day"):
        grants.give(employee=stranger, role=Role.MODERATOR, by=hr)
    with pytest.raises(Exception, match="whole organisation"):
        grants.give(employee=stranger, role=Role.MODERATOR, by=hr, unit=units["Retail"], until=clock.today())
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(employee=stranger, role=Role.MODERATOR)
    given = grants.give(employee=stranger, role=Role.MODERATOR, by=hr, until=clock.today())
    assert client_of(stranger).get(reverse("results:moderation")).status_code == 200
    assert client_of(stranger).get("/results/").status_code == 403
    Grant.objects.filter(pk=given.pk).update(
        since=clock.today() - dt.timedelta(9), until=clock.today() - dt.timedelta(1)
    )
    assert client_of(stranger).get(reverse("results:moderation")).status_code == 403


# -- released --------------------------------------------------------------------------------------------------------


def test_comments_are_searched_counted_and_taken_along(world, client_of, hr, manager, stranger, monkeypatch):
    wave = released(world)
    url = reverse("results:comments", args=[wave.pk])
    assert client_of(stranger).get(url).status_code == 403
    client = client_of(hr)
    page = body_of(client.get(url))
    assert "24 comments" in page and "&lt;b&gt;for&lt;/b&gt;" in page and PLANTED not in page
    assert "Waiting and speed" in page
    for query, count in {
        "q=ritard": 8, "q=RITARDO+nessuno": 8, "q=nessuno+risponde&way=exact": 8, "q=risponde+nessuno&way=exact": 0,
        "theme=waiting": 16, "theme=tone": 8, "q=%00": 24, "q=%F0%9F%98%80": 0, "about=said": 0,
        "theme=waiting&q=sum": 8, "unit=999": 0, "unit=abc&theme=nonsense&page=99": 24, "item=x": 0,
    }.items():  # fmt: skip
        body = client.get(f"{url}?{query}")
        assert body.status_code == 200 and body.context["page"].paginator.count == count, query
    # Each reader counts over what he reads.
    assert "No comments to read here" in body_of(client_of(manager).get(url))
    assert comments.by_theme(comments.readable(wave, manager), comments.Wanted()) == []
    file = client.get(reverse("results:comments_export", args=[wave.pk]) + "?theme=waiting")
    about, rows = read(body_of(file))
    mark = Release.objects.get().rules_hash
    assert about["wave"] == str(wave) and about["fingerprint"] == mark and about["rows"] == "16"
    assert "k 5" in about["rules"] and about["looked_for"] == "theme waiting" and len(rows) == 16
    assert all(row["group"] == "Branch B" and row["comment"] for row in rows)
    assert "'=SUM(A1) waiting <b>for</b> Hanna" in {row["comment"] for row in rows}
    body = json.loads(body_of(client.get(reverse("results:comments_export_json", args=[wave.pk]) + "?theme=waiting")))
    assert body["about"]["fingerprint"] == mark and body["count"] == len(body["rows"]) == 16
    assert body["columns"] == list(comment_files.HEADER) and body["about"]["rules"]["k"] == 5
    sheets = client.get(reverse("results:comments_export_xlsx", args=[wave.pk]) + "?theme=waiting")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(sheets.streaming_content)))
    told = book.get_sheet_by_name("comments").to_python()
    assert tuple(told[0]) == comment_files.HEADER and len(told) == 17 and told[1][0] == "Branch B"
    assert ["fingerprint", mark] in book.get_sheet_by_name("about").to_python()
    theirs = body_of(client_of(manager).get(reverse("results:comments_export", args=[wave.pk])))
    assert "# rows: 0" in theirs and "Branch B" not in theirs
    theirs = body_of(client_of(manager).get(reverse("results:comments_export_json", args=[wave.pk])))
    assert json.loads(theirs)["rows"] == []
    monkeypatch.setattr(exports, "MOST_IN_SHEET", 3)
    refused = client.get(reverse("results:comments_export_xlsx", args=[wave.pk]), follow=True)
    assert "too many for a spreadsheet" in body_of(refused)
    assert AuditEntry.objects.filter(verb="comments.exported").count() == 6


def test_five_thousand_comments_take_the_same_few_queries(world, client_of, hr):
    wave = released(world)
    client, url = client_of(hr), reverse("results:comments", args=[wave.pk])
    release = Release.objects.get()
    unit = CellGroup.objects.get(release=release, family="tree", name="Branch B").unit
    counts = []
    for more in (3, 4997):
        ReleasedComment.objects.bulk_create(
            ReleasedComment(
                release=release, family="said" if n % 2 else "tree", unit=unit, item=f"q{n % 3}", text=f"Late {n} " * 9,
                folded=themes.fold(f"Late {n} " * 9), themes=["waiting"],
            )
            for n in range(more)
        )  # fmt: skip
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            page = client.get(f"{url}?q=late")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 20
    assert page.context["page"].paginator.count == 5000 and "Take these along" in body_of(page)
    assert body_of(client.get(reverse("results:unit", args=[wave.pk, unit]))).count("<blockquote>") <= 2 * comments.FEW


# -- corrected -------------------------------------------------------------------------------------------------------


def test_hr_corrects_looks_first_and_everybody_reads_why(world, client_of, hr, executive, manager, stranger):
    wave = released(world)
    url, why = reverse("results:correct", args=[wave.pk]), "A customer was named."
    for user in (executive, manager, stranger):
        assert client_of(user).get(url).status_code == 403
    client = client_of(hr)
    for given, told in (
        ({"words": "Hanna"}, "required"),
        ({"why": why}, "changes nothing"),
        ({"why": why, "words": "x"}, "too short"),
        ({"why": why, "group1": "Branch Q"}, "Branch"),
        ({"why": why, "named": "Branch B"}, "Give both"),
        ({"why": "x" * 501, "words": "Hanna"}, "500"),
    ):
        answer = client.post(url, given)
        assert answer.status_code == 400 and told in body_of(answer), given
    given = {"why": why, "words": "Hanna", "group1": "branch b", "measure1": "want", "everywhere": ["K1"]}
    looked = client.post(url, {**given, "do": "look"})
    assert looked.status_code == 200 and "Words masked in comments of Branch B (8)" in body_of(looked)
    assert Release.objects.count() == 1 and ReleasedComment.objects.filter(text__contains="Hanna").exists()
    assert client.post(url, {**given, "do": "publish"}).status_code == 302
    old, new = Release.objects.order_by("number")
    assert old.replaced_at and new.why == why
    cells = CellGroup.objects.filter(release=new)
    assert not any((row.cells.get("K1") or {}).get("shown") for row in cells)
    assert not cells.get(family="tree", name="Branch B").cells["want"]["shown"]
    before = CellGroup.objects.get(release=old, family="tree", parent=None).cells
    assert before["K1"]["shown"] and cells.get(family="tree", parent=None).cells["W1"] == before["W1"]
    listed = reverse("results:corrections", args=[wave.pk])
    for user in (hr, executive, manager):
        assert why in body_of(client_of(user).get(listed)), user
    assert "Branch B" not in body_of(client_of(manager).get(listed))
    assert "groups you do not see" in body_of(client_of(manager).get(listed))
    assert why in body_of(client.get(reverse("results:comments", args=[wave.pk])))
    assert not [u for u, (_s, body) in walk(client, wave).items() if "for</b> Hanna" in body or "&gt; Hanna" in body]


def test_what_was_corrected_stays_readable_to_hr_and_auditors(world, client_of, hr, executive, manager, stranger):
    wave = released(world)
    correct(wave, Correction(words=["Hanna"]), why="Named.", now=timezone.now(), by=hr)
    url = reverse("results:release_as_it_was", args=[wave.pk, 1])
    Grant.objects.create(employee=stranger, role=Role.AUDITOR)
    codes = [client_of(user).get(url).status_code for user in (hr, stranger, executive, manager)]
    assert codes == [200, 200, 403, 403]
    page = body_of(client_of(stranger).get(url))
    assert "Branch B" in page and "Named." in page and "Hanna" not in page.replace("Hanna Rossi", "")
    assert client_of(hr).get(reverse("results:release_as_it_was", args=[wave.pk, 2])).status_code == 404
    assert AuditEntry.objects.filter(verb="results.read_as_it_was").count() == 3
