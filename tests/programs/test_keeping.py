"""What stays after a course: refreshers that are only offers, and one's own view of want, know and can."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from culture.framework.loading import load_catalogue
from culture.framework.models import Requirement
from culture.people import rights
from programs.training import importing, refreshing, self_views, upkeep
from programs.training.content_models import Refresher, SelfView
from programs.training.interchange import folder
from programs.training.models import Completion, CourseVersion
from programs.training.path_models import Revocation
from tests.programs.course_folders import folder as made
from tests.programs.test_course_languages import give

DAY = dt.timedelta(days=1)


@pytest.fixture
def version(hr: Any, employee: Any) -> CourseVersion:
    load_catalogue()
    made_ = importing.take(by=hr, plan=folder.read(made()).course, publish=True)
    give(made_, employee)
    return made_


@pytest.fixture
def done(version: Any, employee: Any) -> Completion:
    return Completion.objects.create(employee=employee, version=version, done_on=timezone.localdate() - 7 * DAY)


def page(row: Refresher) -> str:
    return reverse("training:refresher", args=[row.pk])


# -- refreshers


def test_they_fall_due_by_themselves_and_once(done: Completion) -> None:
    day = done.done_on
    assert refreshing.offer(today=day + 6 * DAY) == 0
    for _again in range(2):
        upkeep.nightly(today=day + 7 * DAY, now=timezone.now())
    first = Refresher.objects.get()
    assert (first.number, first.due_on, len(first.asked)) == (1, day + 7 * DAY, 3)
    assert refreshing.offer(today=day + 29 * DAY) == 0
    assert refreshing.offer(today=day + 31 * DAY) == 1  # the night of the 30th was missed
    assert [row.number for row in refreshing.waiting(done.employee, day + 31 * DAY)] == [2]  # only the newest
    assert refreshing.offer(today=day + 200 * DAY) == 0  # far too late to begin


@pytest.mark.parametrize("why", ["left", "revoked", "stopped", "none wanted", "done again"])
def test_nobody_is_asked_who_should_not_be(done: Completion, hr: Any, why: str) -> None:
    course, person = done.version.course, done.employee
    if why == "left":
        person.left_on = timezone.localdate() - DAY
        person.save(update_fields=["left_on"])
    elif why == "revoked":
        Revocation.objects.create(completion=done, on=timezone.localdate(), reason="x", by=hr, at=timezone.now())
    elif why == "stopped":
        refreshing.offer(today=timezone.localdate())
        refreshing.skip(by=person, refresher=Refresher.objects.get(), now=timezone.now(), for_good=True)
        Refresher.objects.all().delete()
    elif why == "none wanted":
        course.refresh_days = []
        course.save()
    else:
        Completion.objects.create(employee=person, version=done.version, done_on=timezone.localdate())
    assert refreshing.offer(today=timezone.localdate()) == 0


def test_other_questions_each_time_until_all_were_asked() -> None:
    quiz = [{"name": f"q{n}"} for n in range(7)]
    drawn = [refreshing.draw(quiz, 3, number, seed="x") for number in (1, 2, 3)]
    assert len({name for names in drawn[:2] for name in names}) == 6
    assert set().union(*drawn) == {f"q{n}" for n in range(7)} and all(len(set(names)) == 3 for names in drawn)
    assert refreshing.draw(quiz[:2], 3, 1, seed="x") != [] and len(refreshing.draw(quiz[:2], 3, 1, seed="x")) == 2


def answers(client: Any, row: Refresher, *, right: bool) -> dict[str, str]:
    form, given = client.get(page(row)).context["form"], {}
    for place, question in enumerate(form.quiz):
        if question["kind"] == "number":
            given[f"answer_{place}"] = "10" if right else "3"
        elif question["kind"] == "order":
            given |= {f"answer_{place}_0": "1" if right else "2", f"answer_{place}_1": "2" if right else "1"}
        else:
            given[f"answer_{place}"] = "0" if right else "1"
    return given


def test_done_in_a_minute_and_seen_by_nobody_else(
    done: Completion, employee: Any, hr: Any, manager: Any, stranger: Any, client_of: Any
) -> None:
    refreshing.offer(today=timezone.localdate())
    row, client = Refresher.objects.get(), client_of(employee)
    for person, status in ((hr, 404), (manager, 404), (stranger, 404), (None, 302)):
        assert client_of(person).get(page(row)).status_code == status
    assert "Keep it fresh" in client.get(page(row)).content.decode()
    assert client.post(page(row), {}).status_code == 422
    answer = client.post(page(row), answers(client, row, right=False))
    assert answer["Location"] == page(row)
    told = client.get(page(row)).content.decode()
    assert "0 of 3 still there" in told and "Greet first." in told
    assert refreshing.kept([employee.pk], [done.version.course_id]) == {}  # a bad one says nothing
    client.post(page(row), answers_of_a_second_try())
    row.refresh_from_db()
    assert row.right == 0  # once
    assert Completion.objects.get() == done


def answers_of_a_second_try() -> dict[str, str]:
    return {"answer_0": "0", "answer_1": "10", "answer_2_0": "1", "answer_2_1": "2"}


def test_a_good_one_speaks_for_keeping(done: Completion, employee: Any, client_of: Any) -> None:
    refreshing.offer(today=timezone.localdate())
    row, client = Refresher.objects.get(), client_of(employee)
    told = client.post(page(row) + "?lang=it", answers(client, row, right=True), follow=True).content.decode()
    assert "All still there" in told and "Prima saluta." in told
    assert refreshing.kept([employee.pk], [done.version.course_id]) == {
        (employee.pk, done.version.course_id): timezone.now().date()
    }
    assert "Questions offered again" in client.get(reverse("people:my_data_json")).getvalue().decode()


def test_skipping_is_as_good_and_one_can_want_none(done: Completion, employee: Any, hr: Any, client_of: Any) -> None:
    refreshing.offer(today=timezone.localdate())
    row, client = Refresher.objects.get(), client_of(employee)
    way = reverse("training:my_training")
    assert page(row) in client.get(way).content.decode()
    skip = reverse("training:refresher_skip", args=[row.pk])
    assert client_of(hr).post(skip, {"do": "skip"}).status_code == 404
    client.post(skip, {"do": "skip"})
    assert page(row) not in client.get(way).content.decode()
    client.post(skip, {"do": "stop"})
    course = reverse("training:my_course", args=[done.version.course_id])
    assert "no more questions of this course" in client.get(course).content.decode()
    client.post(skip, {"do": "resume"})
    assert not refreshing.stopped(employee, done.version.course)


# -- how I see myself


def sent(**changed: str) -> dict[str, str]:
    return {"want": "4", "know": "2", "can": "1", "note": "Too few hands. PLANTED", **changed}


URL = "/my/view/W1/"


def test_private_unless_shared_and_taken_back(
    version: Any, employee: Any, manager: Any, hr: Any, stranger: Any, client_of: Any
) -> None:
    client, person = client_of(employee), reverse("training:person", args=[employee.pk])

    def readers() -> list[Any]:
        return [who for who in (manager, hr) if "PLANTED" in client_of(who).get(person).content.decode()]

    listed = client.get("/my/view/").content.decode()
    assert "W1" in listed and "not looked at yet" in listed
    assert client.post(URL, sent()).status_code == 302
    assert readers() == []
    assert client.post(URL, sent(share="on")).status_code == 302
    assert SelfView.objects.count() == 1 and readers() == [manager]
    assert f"{manager.name} can read it" in client.get("/my/view/").content.decode()
    client.post("/my/view/take-back/", {"code": "W1"})
    assert readers() == []
    client.post(URL, sent(share="on"))
    client.post(URL, sent())  # no longer ticked
    assert readers() == []
    client.post(URL, sent(share="on"))
    client.post("/my/view/take-back/")
    assert readers() == []
    assert client_of(None).get(URL).status_code == 302
    assert "PLANTED" not in client_of(stranger).get(URL).content.decode()


def test_the_next_manager_does_not_inherit_what_was_confided(
    version: Any, employee: Any, manager: Any, hr: Any, client_of: Any
) -> None:
    client_of(employee).post(URL, sent(share="on"))
    employee.manager = hr
    employee.save(update_fields=["manager"])
    employee.refresh_from_db()
    assert self_views.shared(hr, employee) == self_views.shared(manager, employee) == []
    client_of(employee).post(URL, sent(share="on"))
    assert [view.can for view in self_views.shared(hr, employee)] == [1]


def test_bad_input_is_refused_and_kept(version: Any, employee: Any, client_of: Any) -> None:
    client = client_of(employee)
    for changed in ({"want": "6"}, {"know": ""}, {"can": "x"}, {"note": "y" * 1001}):
        answer = client.post(URL, sent(**changed))
        assert answer.status_code == 422
        assert "PLANTED" in answer.content.decode() or "note" in changed
    assert client.get("/my/view/NONE/").status_code == 404
    with pytest.raises(ValidationError):
        self_views.keep(
            by=employee,
            requirement=Requirement.objects.get(code="W1"),
            scores={"want": 0, "know": 9, "can": 3},
            note="",
            share=False,
            today=timezone.localdate(),
            now=timezone.now(),
        )
    assert not SelfView.objects.exists()


def test_it_is_in_the_persons_data_and_goes_with_him(version: Any, employee: Any, manager: Any, client_of: Any) -> None:
    client_of(employee).post(URL, sent(share="on"))
    mine = client_of(employee).get(reverse("people:my_data_json")).getvalue().decode()
    assert "PLANTED" in mine
    theirs = client_of(manager).get(reverse("people:my_data_json")).getvalue().decode()
    assert "PLANTED" not in theirs and "What your people share with you" in theirs
    for holding in rights.holdings():
        if holding.model == "programs.SelfView" and holding.fields == ("shared_with",):
            holding.remove(manager)
    assert SelfView.objects.get().shared_with is None
    for holding in rights.holdings():
        if holding.model == "programs.SelfView" and holding.fields == ("employee",):
            holding.remove(employee)
    assert not SelfView.objects.exists()
