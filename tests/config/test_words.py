"""The pages of employees and managers speak every language: nothing lacks, nothing is broken, and pages show it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import lxml.html
import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import translation

from config import words, words_first
from culture.access import language, organisation
from culture.access.models import AuditEntry
from culture.people.models import Employee

PAGES = ["/", "/thanks/", "/thanks/new/", "/awards/", "/rewards/", "/my/training/", "/my/surveys/", "/my/access/"]
PAGES += ["/effect/how/"]
# The names of the product and of languages, and words two languages write alike.
SAME = {"Trivium", "E-mail", "Home", "HR", "Quiz", "Actions", "Points", "Image", "Message", "Note", "Version"}


@pytest.fixture(scope="module")
def extracted() -> dict[Path, set[words.Text]]:
    return {path: words.texts_of(path) for path in words_first.files()}


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_what_comes_first_is_translated(code: str, extracted: dict[Path, set[words.Text]]) -> None:
    catalogues = {
        app: {words.key(message): message for message in words.read(words.catalogue_path(app, code), code)}
        for app in words.APPS
    }
    wrong = []
    for path, texts in extracted.items():
        app = path.relative_to(words.settings.BASE_DIR).parts[0]
        for text in sorted(texts):
            message = catalogues[app].get((text.singular, text.context))
            found = words.problems(message, code) if message else ["not in the catalogue: run make words"]
            wrong += [f"{path.name}: {problem}: {text.singular}" for problem in found]
    assert not wrong, "\n".join(wrong)


def test_every_pattern_names_a_file() -> None:
    patterns = " ".join(words_first.LISTS).split()
    assert not [pattern for pattern in patterns if not any(words.settings.BASE_DIR.glob(pattern))]


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_every_translation_that_is_there_is_whole(code: str) -> None:
    for app in words.APPS:
        for message in words.read(words.catalogue_path(app, code), code):
            if any(message.string if message.pluralizable else [message.string]):
                assert not words.problems(message, code), (app, message.id)


def test_a_broken_translation_is_told() -> None:
    def found(english: str, text: str) -> list[str]:
        return words.problems(words.Message(english, text), "it")

    assert found("Hello %(name)s", "Ciao %(nome)s") == ["other placeholders than in English"]
    assert found("<strong>%(n)s</strong>", "%(n)s") == ["other tags than in English"]
    assert found(" and ", "e") == ["other spaces at its edges than in English"]
    assert found("50 %%", "50 %") == ["other placeholders than in English"]
    assert found("{name} won", "vince {name}") == []
    assert found("Hello", "") == ["not translated"]


def test_texts_are_found_in_modules_and_templates() -> None:
    module = "from django.utils.translation import gettext as _, pgettext_lazy as _p\n"
    module += '_("a" "b")\n_p("may", "c")\nngettext("d", "e", n)\n_(name)'
    assert set(words.of_module(module)) == {words.Text("ab"), words.Text("c", "", "may"), words.Text("d", "e")}
    template = """{% load i18n %}<p title="{% translate 'It’s (here)' %}">{{ x|default:_("none") }}
    {% blocktranslate count n=n trimmed %}
      {{ n }} day
    {% plural %}
      {{ n }} days at 4 %
    {% endblocktranslate %}"""
    assert set(words.of_template(template)) == {
        words.Text("It’s (here)"), words.Text("none"), words.Text("%(n)s day", "%(n)s days at 4 %%"),
    }  # fmt: skip


@pytest.mark.parametrize(("n", "word"), [(1, "1 punct"), (2, "2 puncte"), (19, "19 puncte"), (20, "20 de puncte")])
def test_romanian_counts_in_three_forms(n: int, word: str) -> None:
    with translation.override("ro"):
        text = translation.ngettext("%(points)s point", "%(points)s points", n) % {"points": n}
    assert text == word


def _shown(client: Client, address: str) -> set[str]:
    """The pieces of text of a page, and what is read aloud or shown in fields."""
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    page = lxml.html.fromstring(answer.content.decode())
    for element in page.xpath("//script | //style | //svg"):
        element.drop_tree()
    pieces = [*page.xpath("//text()"), *page.xpath("//@aria-label | //@placeholder | //@title | //@alt")]
    return {" ".join(piece.split()) for piece in pieces}


@pytest.mark.parametrize("code", words.LANGUAGES)
def test_an_employee_sees_no_english(employee: Employee, client_of: Callable[[Employee], Client], code: str) -> None:
    """What English pages say and the catalogue knows otherwise stands on no page in another language."""
    client = client_of(employee)
    english = {piece for address in PAGES for piece in _shown(client, address)}
    with translation.override(code):
        other = {piece: translation.gettext(piece) for piece in english if re.search("[A-Za-z]{3}", piece)}
    translated = {piece for piece, text in other.items() if text != piece} - SAME
    assert len(translated) > 60, "the pages show too little to tell"
    Employee.objects.filter(pk=employee.pk).update(language=code)
    for address in PAGES:
        answer = client.get(address, follow=True)
        assert f'lang="{code}"' in answer.content.decode()[:200]
        left = _shown(client, address) & translated
        assert not left, (address, left)


def test_dates_stand_in_the_order_of_the_language() -> None:
    day = {"day": dt.date(2026, 11, 22)}
    page = Template('{{ day|date:"j M Y" }} {{ day|date:"Y-m-d" }}')
    with translation.override("zh-hans"):
        assert page.render(Context(day)) == "2026年11月22日 2026-11-22"
    with translation.override("ro"):
        assert Template('{{ day|date:"l, j F" }}').render(Context(day)) == "duminică, 22 noiembrie"
    with translation.override("fr"):
        assert page.render(Context(day)) == "22 nov 2026 2026-11-22"


# -- which language ---------------------------------------------------------------------------------------------------


def test_a_visitor_is_spoken_to_as_the_browser_wishes(db: None) -> None:
    assert "Se connecter" in Client(headers={"accept-language": "fr-CA,en;q=0.5"}).get("/accounts/login/").text
    assert 'lang="zh-hans"' in Client(headers={"accept-language": "zh-CN"}).get("/accounts/login/").text
    assert 'lang="en"' in Client().get("/accounts/login/").text


def test_a_browser_with_none_of_ours_hears_the_organisations_language(db: None) -> None:
    house = organisation._of(None)
    organisation.remember(house.__class__(**{**house.__dict__, "language": "ro"}))
    assert 'lang="ro"' in Client(headers={"accept-language": "hu"}).get("/accounts/login/").text
    assert 'lang="it"' in Client(headers={"accept-language": "hu, it;q=0.3"}).get("/accounts/login/").text


def test_ones_own_language_goes_before_the_browsers(
    employee: Employee, client_of: Callable[[Employee], Client]
) -> None:
    Employee.objects.filter(pk=employee.pk).update(language="it")
    client = client_of(employee)
    assert 'lang="it"' in client.get("/thanks/", headers={"accept-language": "fr"}).text[:200]
    assert 'lang="it"' in client.get("/accounts/security/", headers={"accept-language": "fr"}).text[:200]


def test_a_language_the_organisation_does_not_use_gives_way(employee: Employee) -> None:
    house = organisation._of(None)
    organisation.remember(house.__class__(**{**house.__dict__, "language": "ro", "languages": ("ro", "it")}))
    employee.language = "fr"
    assert language.of_person(employee) == "ro"
    employee.language = "it-IT"
    assert language.of_person(employee) == "it"


def test_somebody_chooses_his_language(
    employee: Employee, stranger: Employee, client_of: Callable[[Employee], Client]
) -> None:
    client = client_of(employee)
    page = client.get("/language/?next=/thanks/").text
    assert "Română" in page and 'value="/thanks/"' in page
    answer = client.post("/language/", {"language": "ro", "next": "/thanks/"})
    assert (answer.status_code, answer["Location"]) == (302, "/thanks/")
    employee.refresh_from_db()
    stranger.refresh_from_db()
    assert (employee.language, stranger.language) == ("ro", "en")
    assert "Salvat" in client.get("/thanks/").text
    entry = AuditEntry.objects.get(verb="language.chosen")
    assert (entry.actor_id, entry.detail) == (employee.pk, {"language": "ro"})
    client.post("/language/", {"language": "ro"})
    assert AuditEntry.objects.filter(verb="language.chosen").count() == 1


@pytest.mark.parametrize("sent", [{}, {"language": ""}, {"language": "de"}, {"language": "xx"}])
def test_a_language_nobody_offers_is_refused(
    employee: Employee, client_of: Callable[[Employee], Client], sent: dict[str, str]
) -> None:
    answer = client_of(employee).post("/language/", sent)
    assert answer.status_code == 422 and "Choose one of the languages." in answer.text
    employee.refresh_from_db()
    assert employee.language == "en"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/language/"])
def test_the_way_back_leads_nowhere_else(
    employee: Employee, client_of: Callable[[Employee], Client], away: str
) -> None:
    assert client_of(employee).post("/language/", {"language": "it", "next": away})["Location"] == "/"


def test_a_visitor_chooses_for_this_browser(db: None) -> None:
    client = Client(headers={"accept-language": "fr"})
    answer = client.post("/language/", {"language": "it"})
    assert answer["Location"] == "/accounts/login/"
    assert 'lang="it"' in client.get("/accounts/login/").text
    assert not AuditEntry.objects.filter(verb="language.chosen").exists()
