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
from programs.training import certificate_texts, certificate_views, certificates, checks, importing
from programs.training.content_models import Certificate
from programs.training.interchange import folder
from programs.training.models import Completion
from programs.training.path_models import Revocation
from tests.programs.course_folders import folder as made
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
    monkeypatch.setattr(certificates, "until", lambda completion, day: today)
    assert "genuine and valid" in client_of(None).get(url).content.decode()
    monkeypatch.setattr(certificates, "until", lambda completion, day: today - DAY)
    assert "no longer valid" in client_of(None).get(url).content.decode()


def test_valid_until_is_what_the_holders_paths_say(completion: Any, employee: Any, hr: Any) -> None:
    from programs.training.models import Assignment
    from programs.training.path_models import Path, PathEnrolment, Step

    today = timezone.localdate()
    path = Path.objects.create(name="P", state="running", starts_on=today - 30 * DAY, ends_on=today + 900 * DAY)
    step = Step.objects.create(
        path=path, position=1, kind="course", course=completion.version.course, due_days=9, months=12, added_on=today
    )
    on_it = PathEnrolment.objects.create(path=path, employee=employee, begins_on=today)
    Assignment.objects.create(employee=employee, step=step, enrolment=on_it, assigned_on=today, due_on=today)
    last = certificates.until(completion, today)
    assert last is not None and last.year == completion.done_on.year + 1
    assert last + DAY == completion.done_on.replace(year=completion.done_on.year + 1)


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
    made_ = certificates.printed(completion, language=language, today=timezone.localdate())
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
    made_ = certificates.printed(completion, language="en", today=timezone.localdate())
    assert made_.pdf.startswith(b"%PDF-") and set(made_.missing) == {"李", "伟"}
    page = client_of(employee).get(holder(completion)).content.decode()
    assert "no font for these letters" in page and "李" in page
    certificates._has_glyph.cache_clear()


def test_the_pdf_carries_the_link_only_when_there_is_one(completion: Any, employee: Any, client_of: Any) -> None:
    today = timezone.localdate()
    assert certificates._data(completion, "en", today)["link"] == ""
    url = link(client_of(employee), completion)
    assert certificates._data(completion, "it", today)["link"].endswith(url)
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
