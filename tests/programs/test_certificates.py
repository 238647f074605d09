"""Certificates: a PDF in the holder's language, and a link that shows what he allows, as long as he wants."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from culture.people import rights
from programs.training import (
    certificate_texts,
    certificate_views,
    certificates,
    checks,
    courses,
    evaluating,
    granting,
    importing,
)
from programs.training.content_models import Certificate
from programs.training.interchange import folder
from programs.training.models import Assignment, Completion
from programs.training.path_models import Revocation
from tests.programs.course_folders import folder as made
from tests.programs.path_world import day, make_course, make_path, step
from tests.programs.test_course_languages import give

DAY = dt.timedelta(days=1)
ALL = ["name", "course", "day", "until", "score"]


@pytest.fixture
def completion(hr: Any, employee: Any) -> Completion:
    cache.clear()
    version = importing.take(by=hr, plan=folder.read(made()).course, publish=True)
    give(version, employee)
    return Completion.objects.create(
        employee=employee, version=version, done_on=timezone.localdate() - 7 * DAY, score=80
    )


def holder(completion: Completion) -> str:
    return reverse("training:certificate", args=[completion.pk])


def link(client: Any, completion: Completion, shows: list[str] | None = None, do: str = "make") -> str:
    client.post(holder(completion), {"do": do, "shows": ALL if shows is None else shows})
    return reverse("training:verify", args=[Certificate.objects.get(ended_at=None).token])


def test_anybody_with_the_link_sees_what_is_allowed(completion: Any, employee: Any, client_of: Any) -> None:
    client, public = client_of(employee), client_of(None)
    url = link(client, completion, ["course"])
    answer = public.get(url)
    page = answer.content.decode()
    assert answer.status_code == 200 and "genuine and valid" in page and "Greeting" in page
    assert employee.family_name not in page and "80 %" not in page and str(completion.done_on.year) not in page
    assert answer["X-Robots-Tag"] == "noindex, nofollow" and answer["Cache-Control"] == "no-store"
    assert "sessionid" not in answer.cookies
    client.post(holder(completion), {"do": "show", "shows": ALL})
    page = public.get(url).content.decode()
    assert employee.get_full_name() in page and "80 %" in page and "without end" in page
    client.post(holder(completion), {"do": "show", "shows": []})
    page = public.get(url).content.decode()
    assert "genuine and valid" in page and "Greeting" not in page and employee.get_full_name() not in page


def test_the_holder_takes_it_back_or_makes_another(completion: Any, employee: Any, client_of: Any) -> None:
    client, public = client_of(employee), client_of(None)
    first = link(client, completion)
    second = link(client, completion, do="renew")
    assert first != second
    gone = public.get(first)
    assert gone.status_code == 404 and public.get(second).status_code == 200
    client.post(holder(completion), {"do": "end"})
    wrong = public.get("/certificates/AAAAAAAAAAAAAAAAAAAAAA/")
    # A link that was taken back and one that never was look the same.
    assert public.get(second).content == gone.content == wrong.content
    assert Certificate.objects.count() == 2 and not Certificate.objects.filter(ended_at=None).exists()


def test_only_ones_own(completion: Any, employee: Any, hr: Any, manager: Any, client_of: Any) -> None:
    link(client_of(employee), completion)
    for person, status in ((hr, 404), (manager, 404), (None, 302)):
        client = client_of(person)
        assert client.get(holder(completion)).status_code == status
        assert client.get(reverse("training:certificate_pdf", args=[completion.pk])).status_code == status
        assert client.post(holder(completion), {"do": "end"}).status_code == status
    assert Certificate.objects.filter(ended_at=None).exists()
    for act in (
        lambda: certificates.issue(by=hr, completion=completion, shows=ALL, now=timezone.now()),
        lambda: certificates.end(by=hr, certificate=Certificate.objects.get(), now=timezone.now()),
    ):
        with pytest.raises(ValidationError):
            act()


def test_a_revoked_completion_says_so_and_not_why(completion: Any, employee: Any, hr: Any, client_of: Any) -> None:
    client = client_of(employee)
    url = link(client, completion)
    Revocation.objects.create(completion=completion, on=dt.date(2026, 3, 4), reason="CHEATED", by=hr, at=timezone.now())
    page = client_of(None).get(url).content.decode()
    assert "This certificate was revoked on 4 March 2026" in page and "CHEATED" not in page
    pdf = client.get(reverse("training:certificate_pdf", args=[completion.pk]))
    assert pdf.status_code == 302
    assert "revoked on 4 March 2026: CHEATED" in client.get(holder(completion)).content.decode()
    client.post(holder(completion), {"do": "end"})
    assert client.post(holder(completion), {"do": "make", "shows": ALL}).status_code == 422
    assert not Certificate.objects.filter(ended_at=None).exists()


def test_past_its_last_valid_day_it_has_lapsed(
    completion: Any, employee: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = link(client_of(employee), completion)
    today = timezone.localdate()
    monkeypatch.setattr(certificates, "until", lambda completion: today)
    assert "genuine and valid" in client_of(None).get(url).content.decode()
    monkeypatch.setattr(certificates, "until", lambda completion: today - DAY)
    assert "no longer valid" in client_of(None).get(url).content.decode()


# -- until when ------------------------------------------------------------------------------------------------------


def on(text: str) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day(text), dt.time(12)))


def public(client_of: Any, completion: Completion, today: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What anybody with the link reads on a day."""
    row = certificates.of(completion) or certificates.issue(
        by=completion.employee, completion=completion, shows=ALL, now=on(today)
    )
    with monkeypatch.context() as later:
        later.setattr(timezone, "localdate", lambda *_args, **_more: day(today))
        return str(client_of(None).get(reverse("training:verify", args=[row.token])).content.decode())


def test_a_certificate_says_the_same_when_its_holder_has_left(
    hr: Any, employee: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    version = make_course(hr)
    path = make_path(hr, step(version, months=12, window=30), today=day("2026-02-01"))
    done = courses.finish_lesson(employee=employee, lesson=version.lessons.get(), now=on("2026-02-12"))
    assert done is not None and (done.months, done.window) == (12, 30)
    assert certificates.until(done) == day("2027-02-11")
    certificates.issue(by=employee, completion=done, shows=ALL, now=on("2026-02-12"))
    employee.left_on = day("2026-06-30")
    employee.save(update_fields=["left_on"])
    evaluating.evaluate(path, today=day("2026-07-02"))
    page = public(client_of, done, "2027-02-11", monkeypatch)
    assert "genuine and valid" in page and "11 February 2027" in page
    page = public(client_of, done, "2028-01-01", monkeypatch)
    assert "no longer valid" in page and "11 February 2027" in page and "without end" not in page


def test_a_renewal_is_not_the_certificate_of_what_was_done_before(hr: Any, employee: Any) -> None:
    version = make_course(hr)
    make_path(hr, step(version, months=24, window=60), today=day("2024-01-01"))
    first = courses.finish_lesson(employee=employee, lesson=version.lessons.get(), now=on("2024-01-10"))
    second = courses.finish_lesson(employee=employee, lesson=version.lessons.get(), now=on("2025-12-20"))
    assert first is not None and second is not None and first != second
    assert certificates.until(first) == day("2026-01-09")
    # Renewed within the window: it keeps the cycle.
    assert certificates.until(second) == day("2028-01-09")
    granting.revoke(by=hr, granted=first, reason="It was somebody else", on=day("2026-01-01"), today=day("2026-01-01"))
    assert certificates.until(second) == day("2028-01-09")


def test_another_path_makes_no_certificate_lapse(
    hr: Any, employee: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    version = make_course(hr)
    make_path(hr, step(version), today=day("2024-01-01"))
    done = courses.finish_lesson(employee=employee, lesson=version.lessons.get(), now=on("2024-01-10"))
    assert done is not None and certificates.until(done) is None
    make_path(hr, step(version, months=12), today=day("2024-01-01"), name="Every year")
    page = public(client_of, done, "2026-01-01", monkeypatch)
    assert "genuine and valid" in page and "without end" in page


def test_what_was_granted_by_hand_is_worth_what_it_was_granted_for(hr: Any, employee: Any) -> None:
    """It was done before it was asked."""
    version, today = make_course(hr), day("2026-03-01")
    make_path(hr, step(version, months=12), today=today)
    row = Assignment.objects.get(employee=employee)
    values = {"by": hr, "assignment": row, "evidence": "Paper", "today": today}
    done = granting.by_hand(**values, done_on=day("2026-01-10"))
    assert isinstance(done, Completion) and certificates.until(done) == day("2027-01-09")


def test_of_the_past_what_was_asked_on_its_day_tells(hr: Any, employee: Any) -> None:
    """Completions from before it was kept with them, and history that was brought along."""
    version = make_course(hr)
    make_path(hr, step(version, months=12), today=day("2026-01-01"))
    during, before = day("2026-01-10"), day("2025-12-01")
    old, older = (
        Completion.objects.create(employee=employee, version=version, done_on=one) for one in (during, before)
    )
    assert certificates.until(old) == day("2027-01-09") and certificates.until(older) is None


# .ci/run installs one; a machine without it is told so by `check --deploy`.
needs_chinese = pytest.mark.skipif(not certificates.speaks_chinese(), reason="no font with Chinese letters")


@pytest.mark.parametrize(
    "language",
    [pytest.param(one, marks=needs_chinese if one == "zh-hans" else ()) for one in certificate_texts.LANGUAGES],
)
def test_it_speaks_five_languages(completion: Any, employee: Any, client_of: Any, language: str) -> None:
    said = certificate_texts.words(language)
    assert (
        said["valid"]
        in client_of(None).get(link(client_of(employee), completion) + f"?lang={language}").content.decode()
    )
    employee.language = language
    employee.save(update_fields=["language"])
    assert certificates.language_of(employee) == language
    made_ = certificates.printed(completion, language=language)
    assert made_.pdf.startswith(b"%PDF-") and b"pdfaid" in made_.pdf  # archivable: every letter has a glyph
    assert made_.missing == ""


def test_the_words_are_complete_and_fill_in_the_same() -> None:
    for key, rows in certificate_texts._ROWS.items():
        assert len(rows) == 5 and all(rows), key
        assert len({tuple(sorted(re.findall(r"{\w+}", text))) for text in rows}) == 1, key
    assert "ş" not in str(certificate_texts.words("ro")) and "ţ" not in str(certificate_texts.words("ro"))
    assert certificate_texts.words("tlh") == certificate_texts.words("en")


def test_letters_without_a_glyph_are_named(
    completion: Any, employee: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert certificates.lacking("Ștefan Țepeș Łukasz Ærø") == ""
    certificates._has_glyph.cache_clear()
    monkeypatch.setattr(certificates, "families", lambda: frozenset({certificates.LATIN}))
    monkeypatch.setattr(certificates, "SYSTEM_FONTS", False)
    assert certificates.lacking("Ștefan 李伟") == "李伟" and not certificates.speaks_chinese()
    employee.given_name, employee.family_name = "伟", "李"
    employee.save()
    completion.refresh_from_db()
    made_ = certificates.printed(completion, language="en")
    assert made_.pdf.startswith(b"%PDF-") and set(made_.missing) == {"李", "伟"}
    page = client_of(employee).get(holder(completion)).content.decode()
    assert "no font for these letters" in page and "李" in page
    certificates._has_glyph.cache_clear()


def test_the_pdf_carries_the_link_only_when_there_is_one(completion: Any, employee: Any, client_of: Any) -> None:
    assert certificates._data(completion, "en")["link"] == ""
    url = link(client_of(employee), completion)
    assert certificates._data(completion, "it")["link"].endswith(url)
    answer = client_of(employee).get(reverse("training:certificate_pdf", args=[completion.pk]))
    assert answer["Content-Type"] == "application/pdf" and "certificate-greeting.pdf" in answer["Content-Disposition"]


def test_it_is_not_guessed_and_not_hammered(completion: Any, employee: Any, client_of: Any) -> None:
    url, public = link(client_of(employee), completion), client_of(None)
    token = Certificate.objects.get().token
    assert len(token) == 22 and len({certificates.secrets.token_urlsafe(16) for _n in range(50)}) == 50
    codes = [public.get("/certificates/nothing-like-it/").status_code for _n in range(certificate_views.LOOKS)]
    assert set(codes) == {404}
    answer = public.get(url)
    assert answer.status_code == 429 and employee.family_name not in answer.content.decode()
    assert client_of(None).get(url, REMOTE_ADDR="198.51.100.7").status_code == 200


def test_the_links_are_in_the_holders_data_and_go_with_him(completion: Any, employee: Any, client_of: Any) -> None:
    client = client_of(employee)
    url = link(client, completion)
    assert "Public links to your certificates" in client.get(reverse("people:my_data_json")).getvalue().decode()
    for holding in rights.holdings():
        if holding.model == "programs.Certificate":
            holding.remove(employee)
    assert client_of(None).get(url).status_code == 404 and Completion.objects.exists()


def test_whoever_installs_it_is_told_of_a_missing_font(monkeypatch: pytest.MonkeyPatch) -> None:
    assert bool(checks.fonts()) != certificates.speaks_chinese()
    monkeypatch.setattr(certificates, "families", lambda: frozenset({certificates.LATIN}))
    (warning,) = checks.fonts()
    assert "Chinese" in warning.msg and "fonts-noto-cjk" in (warning.hint or "")
