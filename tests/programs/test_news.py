"""News between the thanks: signs, answers, reports, and what each is told of HR's decisions; juries that stand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from culture.access.models import AuditEntry, Grant, Role
from culture.framework.loading import load_catalogue
from culture.people.models import Employee, Unit
from programs.recognition import award_deciding, award_rounds, choices, posts, telling
from programs.recognition.award_models import AwardJuror, AwardMail, AwardVote, FeedPost
from programs.recognition.feed_models import ThanksMail
from programs.recognition.post_models import (
    JuryChange,
    PostModeration,
    PostReaction,
    PostReply,
    PostReport,
    ThanksNotice,
)
from tests.conftest import make_person
from tests.programs import award_world
from tests.programs.award_world import nominate, opened, voting

pytestmark = pytest.mark.django_db
Kind = ThanksNotice.Kind


@pytest.fixture(autouse=True)
def catalogue(db: None) -> None:
    load_catalogue()


@pytest.fixture
def second(hr: Employee) -> Employee:
    """Another HR admin, in another unit."""
    person = make_person("HR2", hr.unit.parent, given_name="Second", family_name="Desk")  # type: ignore[union-attr]
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    return person


def milestone(person: Employee, **data: Any) -> FeedPost:
    return posts.write(
        FeedPost.Kind.MILESTONE, at=timezone.now(), employee=person, data={"kind": "joined", "years": 5, **data}
    )


def team(unit: Unit) -> FeedPost:
    return posts.write(FeedPost.Kind.TEAM, at=timezone.now(), unit=unit, story="They call back before they are called.")


def page(client: Any, url: str = "/thanks/") -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_sign_each_and_words_back_from_whom_it_is_about(
    client_of: Any, employee: Employee, stranger: Employee
) -> None:
    post = milestone(employee)
    other, mine = client_of(stranger), client_of(employee)
    url = f"/thanks/news/{post.pk}/"
    answer = other.post(f"{url}react/", {"kind": "clap", "back": "/thanks/"})
    assert answer.status_code == 302 and answer.url == f"/thanks/#post-{post.pk}"
    other.post(f"{url}react/", {"kind": "heart"})
    assert PostReaction.objects.get().kind == "heart" and 'aria-pressed="true"' in page(other)
    other.post(f"{url}react/", {"kind": "heart"})
    assert not PostReaction.objects.exists()
    for kind in ("burn", ""):
        assert "Choose one of the signs" in other.post(f"{url}react/", {"kind": kind}, follow=True).content.decode()
    assert "This is about you" in mine.post(f"{url}react/", {"kind": "clap"}, follow=True).content.decode()
    assert "Only whom it is about" in other.post(f"{url}reply/", {"text": "Me, too"}, follow=True).content.decode()
    assert "under 280" in mine.post(f"{url}reply/", {"text": "x" * 281}, follow=True).content.decode()
    mine.post(f"{url}reply/", {"text": " Thank  you \0 all. "})
    assert PostReply.objects.get().text == "Thank you all." and "Thank you all." in page(other)
    assert mine.post(f"{url}reply/", {"text": "", "back": "//evil.example"}).url == f"/thanks/#post-{post.pk}"
    assert not PostReply.objects.exists()
    other.post(f"{url}react/", {"kind": "clap"})
    assert "Well done" in page(mine) and not PostReaction.objects.filter(employee=employee).exists()


def test_of_a_team_everybody_in_it_answers_and_nobody_else(client_of: Any, units: Any, manager: Employee) -> None:
    post = team(units["Branch A"])
    member, outside = Employee.objects.get(number="A3"), make_person("X9", units["Branch B"])
    client_of(member).post(f"/thanks/news/{post.pk}/reply/", {"text": "All of us."})
    client_of(outside).post(f"/thanks/news/{post.pk}/reply/", {"text": "Not mine."})
    shown = page(client_of(outside))
    assert "All of us." in shown and "Not mine." not in shown
    assert "They call back" in page(client_of(member), "/thanks/received/")
    assert "They call back" not in page(client_of(outside), "/thanks/received/")


def test_who_opts_out_of_milestones_is_told_of_no_more_also_of_before(
    client_of: Any, employee: Employee, stranger: Employee
) -> None:
    post = milestone(employee)
    assert "has been here for 5 years" in page(client_of(stranger))
    choices.save(employee=employee, hide_amounts=False, no_events=True, no_mail=False)
    assert "has been here for 5 years" not in page(client_of(stranger))
    assert "has been here for 5 years" in page(client_of(employee))
    for act in ("react", "reply", "report"):
        assert client_of(stranger).post(f"/thanks/news/{post.pk}/{act}/", {"kind": "clap"}).status_code == 404


def test_reported_taken_down_told_and_shown_again(
    client_of: Any, employee: Employee, stranger: Employee, hr: Employee, second: Employee
) -> None:
    post = milestone(employee)
    reader, desk = client_of(stranger), client_of(hr)
    url = f"/thanks/news/{post.pk}/report/"
    assert "has been here for 5 years" in page(reader, url)
    assert reader.post(url, {"why": "", "note": ""}).status_code == 400
    assert reader.post(url, {"why": "private", "note": "PLANTED note"}).status_code == 302
    again = reader.post(url, {"why": "private", "note": ""})
    assert again.status_code == 400 and "You have reported this before" in again.content.decode()
    assert "HR has not decided yet" in page(reader, "/thanks/decisions/")
    shown = page(desk, "/thanks/reports/")
    assert "1 report waits" in shown and "PLANTED note" in shown and stranger.name in shown
    assert "1 reported piece of news waits for you" in page(desk, "/")
    decide = f"/thanks/reports/news/{post.pk}/"
    desk.post(decide, {"act": "hide", "reason": " "})
    desk.post(decide, {"act": "burn", "reason": "Because"})
    assert client_of(stranger).post(decide, {"act": "hide", "reason": "Mine"}).status_code == 403
    assert not PostModeration.objects.exists()
    desk.post(decide, {"act": "hide", "reason": "The day was wrong."})
    assert "5 years" not in page(reader) and "5 years" not in page(client_of(employee))
    for act in ("react", "reply", "report"):
        assert reader.post(f"/thanks/news/{post.pk}/{act}/", {"kind": "clap"}).status_code == 404
    # Whom it is about reads why, on his own page; who reported, what came of it. Neither reads who did what.
    own = page(client_of(employee), "/thanks/received/")
    assert "5 years" in own and "The day was wrong." in own
    assert "HR has hidden news about you" in page(client_of(employee), "/")
    assert "HR has hidden what you reported" in page(reader, "/")
    for person in (employee, stranger):
        told = page(client_of(person), "/thanks/decisions/")
        assert "The day was wrong." in told and hr.name not in told and "PLANTED" not in told
        assert (stranger.name in told.replace(f"{stranger.name} · Employee", "")) is False
        assert "HR has hidden" not in page(client_of(person), "/"), "read, so it waits no more"
    desk.post(decide, {"act": "restore", "reason": "It was right.", "show": "decided"})
    assert "5 years" in page(reader) and "HR shows news about you" in page(client_of(employee), "/")
    verbs = AuditEntry.objects.filter(verb__startswith="post.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["post.hidden", "post.restored"]


def test_whom_it_is_about_neither_sees_reports_nor_decides(
    client_of: Any, hr: Employee, second: Employee, stranger: Employee, units: Any
) -> None:
    for post in (milestone(hr), team(units["Services"])):
        client_of(stranger).post(f"/thanks/news/{post.pk}/report/", {"why": "suspicious", "note": "PLANTED"})
        assert "PLANTED" not in page(client_of(hr), "/thanks/reports/")
        answer = client_of(hr).post(f"/thanks/reports/news/{post.pk}/", {"act": "keep", "reason": "Fine"}, follow=True)
        assert "a second person decides" in answer.content.decode() and not PostModeration.objects.exists()
        assert "PLANTED" in page(client_of(second), "/thanks/reports/")
        client_of(second).post(f"/thanks/reports/news/{post.pk}/", {"act": "keep", "reason": "Nothing is wrong."})
        assert PostReport.objects.get(post=post).state == "kept"
        PostModeration.objects.all().delete()
    told = page(client_of(stranger), "/thanks/decisions/")
    assert told.count("Left as it is") == 2


def test_what_somebody_took_down_himself_hr_does_not_show_again(
    client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    post = milestone(employee)
    client_of(stranger).post(f"/thanks/news/{post.pk}/report/", {"why": "private"})
    client_of(employee).post(f"/thanks/news/{post.pk}/hide/")
    shown = page(client_of(hr), "/thanks/reports/")
    assert "Taken down by whom it is about" in shown and "Show it again" not in shown
    url = f"/thanks/reports/news/{post.pk}/"
    client_of(hr).post(url, {"act": "restore", "reason": "I like it"})
    assert FeedPost.objects.get().hidden_at is not None and not PostModeration.objects.exists()
    client_of(hr).post(url, {"act": "keep", "reason": "It is down."})
    assert PostReport.objects.get().state == "hidden"


def test_a_mail_says_that_it_is_decided_and_nothing_more(
    client_of: Any, employee: Employee, stranger: Employee, hr: Employee
) -> None:
    Employee.objects.filter(pk=stranger.pk).update(language="it")
    silent = Employee.objects.get(number="A2")
    choices.save(employee=silent, hide_amounts=False, no_events=False, no_mail=True)
    post = milestone(employee)
    for person in (stranger, silent):
        client_of(person).post(f"/thanks/news/{post.pk}/report/", {"why": "private", "note": "PLANTED"})
    client_of(hr).post(f"/thanks/reports/news/{post.pk}/", {"act": "hide", "reason": "SECRET reason"})
    assert set(ThanksMail.objects.values_list("employee", flat=True)) == {stranger.pk, employee.pk}
    noon = timezone.now() + dt.timedelta(days=(7 - timezone.now().weekday()) % 7 + 1)
    telling.send_due(now=noon.replace(hour=11, minute=0))
    sent = {one.to[0]: one for one in mail.outbox}
    assert set(sent) == {stranger.email, employee.email}
    assert "Ciò che hai segnalato ora è nascosto" in sent[stranger.email or ""].body
    assert "are hidden from others" in sent[employee.email or ""].body
    for one in sent.values():
        assert "SECRET" not in one.body and "PLANTED" not in one.body and "/thanks/decisions/" in one.body
    assert "HR has hidden what you reported" in page(client_of(silent), "/"), "no mail, but his page"


@pytest.mark.parametrize("url", ["/thanks/", "/thanks/received/", "/thanks/reports/", "/thanks/decisions/"])
def test_as_many_queries_for_one_piece_of_news_as_for_three(
    client_of: Any, url: str, hr: Employee, second: Employee, employee: Employee, stranger: Employee
) -> None:
    about = hr if url == "/thanks/received/" else employee

    def add(years: int) -> None:
        post = milestone(about, years=years)
        client_of(stranger).post(f"/thanks/news/{post.pk}/react/", {"kind": "clap"})
        client_of(about).post(f"/thanks/news/{post.pk}/reply/", {"text": "Thank you"})
        client_of(hr if url == "/thanks/decisions/" else stranger).post(
            f"/thanks/news/{post.pk}/report/", {"why": "private"}
        )

    client = client_of(hr)

    def count() -> int:
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(url)
        return len(found)

    add(1)
    one = count()
    add(3)
    add(5)
    assert count() == one


# -- juries ----------------------------------------------------------------------------------------------------------


def form_of(client: Any, award: Any, jury: str, **more: Any) -> dict[str, Any]:
    """The form of the award's page as it stands, with another jury."""
    shown = client.get(f"/awards/manage/{award.pk}/").context["form"]
    filled = {name: value for name, value in shown.initial.items() if value not in (None, "", False)}
    return {**filled, "jury": jury, **more}


def seats(award: Any) -> list[str]:
    return [one.employee.number for one in award.jury.select_related("employee")]


def test_a_jury_changes_with_a_reason_and_stands_once_somebody_voted(client_of: Any, hr: Employee, units: Any) -> None:
    folk = award_world.people(units)
    made = award_world.award(hr, [folk["j0"], folk["j1"]])
    client, url = client_of(hr), f"/awards/manage/{made.pk}/"
    client.post(url, form_of(client, made, "J0\nJ1\nJ2"))
    assert seats(made) == ["J0", "J1", "J2"] and not JuryChange.objects.exists(), "freely while no round runs"
    round_ = opened(made)
    answer = client.post(url, form_of(client, made, "J0\nJ1"))
    assert answer.status_code == 400 and "say why its jury changes" in answer.content.decode()
    client.post(url, form_of(client, made, "J1\nJ0", jury_why="Juno is away"))
    assert seats(made) == ["J1", "J0"]
    kept = sorted(JuryChange.objects.values_list("employee__number", "act", "reason"))
    assert kept == [("J1", "chair", "Juno is away"), ("J2", "out", "Juno is away")]
    made.refresh_from_db()
    nominate(opened(made), folk["d0"], folk["s0"], criteria=[made.criteria[0]["key"]])
    (one,) = voting(round_, hr)
    client.post(url, form_of(client, made, "J1\nJ0\nJ2", jury_why="One more pair of eyes"))
    assert AwardMail.objects.filter(kind="jury", employee=folk["j2"]).count() == 1, "asked as the others were"
    client.post(url, form_of(client, made, "J1\nJ0", jury_why="He cannot after all"))
    assert "Change the jury" in page(client, f"/awards/manage/rounds/{round_.pk}/")
    client_of(folk["j0"]).post(f"/awards/jury/candidates/{one.pk}/vote/", {f"c{one.pk}-score": "4"})
    for jury in ("J1\nJ0\nJ2", "J1", "J0\nJ1"):
        answer = client.post(url, form_of(client, made, jury, jury_why="I want it so"))
        assert answer.status_code == 400 and "this jury stays as it is" in answer.content.decode(), jury
    assert client.post(url, form_of(client, made, "J1\nJ0", winners=2)).status_code == 302
    assert "the jury stays as it is" in page(client, f"/awards/manage/rounds/{round_.pk}/")
    answer = client.post(url, form_of(client, made, "", decides="manager"))
    assert answer.status_code == 400 and "decided as it was announced" in answer.content.decode()
    for change in (
        lambda: AwardJuror.objects.create(award=made, employee=folk["j2"]),
        lambda: AwardJuror.objects.get(employee=folk["j1"]).delete(),
        lambda: AwardJuror.objects.filter(employee=folk["j1"]).update(chair=False),
    ):
        with pytest.raises(IntegrityError, match="award_jury_stands"), transaction.atomic():
            change()
    assert seats(made) == ["J1", "J0"]


def test_a_juror_who_leaves_keeps_his_vote_gives_up_his_seat_and_hr_decides_for_the_chair(
    client_of: Any, hr: Employee, units: Any
) -> None:
    folk = award_world.people(units)
    made = award_world.award(hr, [folk["j0"], folk["j1"], folk["j2"]])
    round_ = opened(made)
    nominate(round_, folk["d0"], folk["s0"])
    (one,) = voting(round_, hr)
    for juror in ("j0", "j1"):
        client_of(folk[juror]).post(f"/awards/jury/candidates/{one.pk}/vote/", {f"c{one.pk}-score": "4"})
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Employee.objects.filter(pk__in=[folk["j0"].pk, folk["j2"].pk]).update(left_on=yesterday)
    assert not award_deciding.is_juror(made, Employee.objects.get(pk=folk["j2"].pk))
    client = client_of(hr)
    assert f"A juror has left: {made.label}" in page(client, "/")
    shown = page(client, f"/awards/manage/rounds/{round_.pk}/")
    assert "The chair has left: HR decides this round." in shown and shown.count("has left") >= 3
    assert "2 votes" not in shown and shown.count("1 vote") == 2
    # The one who did not vote is taken out without a word of reason; the chair's seat stays empty.
    answer = client.post(f"/awards/manage/{made.pk}/", form_of(client, made, "J1"))
    assert answer.status_code == 302 and seats(made) == ["J1"]
    assert set(JuryChange.objects.values_list("act", "reason")) == {("out", "Has left the company.")}
    assert AwardVote.objects.count() == 2 and f"A juror has left: {made.label}" not in page(client, "/")
    verdict = {f"win_{one.pk}": "on", f"points_{one.pk}": "100"}
    assert "4.0" in page(client, f"/awards/jury/{round_.pk}/decide/")
    assert client.post(f"/awards/jury/{round_.pk}/decide/", verdict).status_code == 302
    assert award_rounds.AwardRound.objects.get().state == "decided"
