"""The components every page is built from: what they show, and that nothing typed by people becomes markup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import Client

from config import charts
from config.styleguide import SampleForm, trend
from config.templatetags import ui
from culture.people.models import Employee


def rendered(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.fixture(autouse=True)
def _chart_folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    charts._drawn.cache_clear()


@pytest.mark.parametrize(("value", "step"), [(0, -4), (22, -4), (43, -2), (54, 0), (58, 0), (64, 1), (74, 2), (100, 4)])
def test_heat_goes_from_low_over_the_middle_to_high(value: float, step: int) -> None:
    assert ui.heat_step(value) == step


def test_a_heat_cell_always_has_its_number() -> None:
    assert rendered("{% heat 38.6 %}") == '<td class="heat heat-low-2">39</td>'
    assert "–" in rendered("{% heat nothing %}", nothing=None)
    assert "+4" in rendered("{% heat 72 change=4 %}")


def test_a_hidden_cell_has_words_and_no_number() -> None:
    cell = rendered("{% hidden_cell 4 %}")
    assert cell == '<td class="hidden-cell" colspan="4"><span>hidden for privacy</span></td>'


def test_a_dimension_is_never_colour_alone() -> None:
    assert ">Want</span>" in rendered('{% dimension "want" %}')
    assert rendered("{% dimension key %}", key="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("value", "maximum", "words"), [(912, 1448, "63 %"), (3, 0, "0 %"), (9, 3, "100 %"), (None, 5, "0 %")]
)
def test_progress_says_its_share(value: float | None, maximum: float, words: str) -> None:
    assert words in rendered("{% progress value maximum 'Answered' %}", value=value, maximum=maximum)


def test_text_of_people_is_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    tags = ["badge t", "progress 1 2 t", "avatar t", "empty t t", "hidden_cell 1 t", "segments 1 2 t", "dimension t"]
    source = "".join(f"{{% {tag} %}}" for tag in tags) + "{{ t|prose }}"
    assert "<script" not in rendered(source, t=evil)
    assert 'href="javascript' not in rendered("{{ t|prose }}", t="[x](javascript:alert(1))")


def test_an_unknown_tone_is_neutral_and_an_unknown_icon_a_circle() -> None:
    assert "badge-neutral" in rendered('{% badge "x" "shouting" %}')
    assert "<circle" in rendered('{% icon "no-such-icon" %}')


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "users" %}')
    assert 'aria-label="Team"' in rendered('{% icon "users" label="Team" %}')


def test_a_wrong_field_keeps_what_was_typed_and_points_to_its_error() -> None:
    form = SampleForm({"name": "Service First", "starts_on": "tomorrow-ish"})
    html = rendered("{% form_errors form %}{% field form.name %}{% field form.starts_on %}", form=form)
    assert 'value="Service First"' in html and 'value="tomorrow-ish"' in html
    assert 'type="date"' in html
    assert 'aria-describedby="id_starts_on_error"' in html and 'id="id_starts_on_error"' in html
    assert '<a href="#id_starts_on">Starts on</a>: Enter a valid date.' in html


def test_every_description_of_a_field_exists() -> None:
    html = rendered("{% for bound in form %}{% field bound %}{% endfor %}", form=SampleForm({"rhythm": "9"}))
    for name in ("id_name_helptext", "id_name_error", "id_rhythm_error"):
        assert html.count(f'id="{name}"') == 1


def test_a_hidden_field_is_only_its_input() -> None:
    class Hidden(forms.Form):
        key = forms.CharField(widget=forms.HiddenInput)

    assert rendered("{% field form.key %}", form=Hidden({"key": "7"})).strip().startswith('<input type="hidden"')


def test_a_form_without_errors_shows_no_list_of_them() -> None:
    assert rendered("{% form_errors form %}", form=SampleForm()).strip() == ""


def test_a_chart_is_named_described_themed_and_has_its_numbers() -> None:
    html = rendered('{% chart spec title="Index" description="Want < know" %}', spec=trend())
    assert 'role="img"' in html and ">Index</title>" in html and "Want &lt; know</desc>" in html
    assert "var(--want)" in html and "#c4510a" not in html
    pictures = html.partition("<details>")[0]
    assert pictures.count("role=") == pictures.count("<svg"), "marks inside a picture must be silent"
    assert "Show as table" in html and "<td>Autumn 26</td>" in html


def test_a_chart_is_drawn_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = charts.svg(trend())
    charts._drawn.cache_clear()
    monkeypatch.setattr(charts.vl_convert, "vegalite_to_svg", lambda *_a, **_k: pytest.fail("drawn twice"))
    assert charts.svg(trend()) == first
    assert [file.suffix for file in (tmp_path / "charts").iterdir()] == [".svg"]


def test_a_table_may_come_as_dicts_lists_or_from_the_chart() -> None:
    assert charts.table_of([{"a": 1, "b": 2}], {}) == (["a", "b"], [[1, 2]])
    assert charts.table_of([["a"], [1]], {}) == (["a"], [[1]])
    assert charts.table_of(None, {"data": {"values": [{"a": 1}]}}) == (["a"], [[1]])
    assert charts.table_of(None, {}) == ([], [])


def test_the_timeline_places_stages_cohorts_and_today() -> None:
    stages = [
        {"label": "Information", "starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31)},
        {"label": "Attitude", "starts_on": dt.date(2027, 1, 1), "ends_on": dt.date(2027, 12, 31)},
    ]
    context = ui.timeline(stages, [{"name": "Retail", "starts_on": dt.date(2027, 1, 1)}], dt.date(2027, 1, 1))
    assert [bar["state"] for bar in context["stages"]] == ["past", "now"]
    assert context["cohorts"][0]["at"] == context["today"]["at"] == pytest.approx(50, abs=0.1)
    assert [year["label"] for year in context["years"]] == [2026, 2027]
    assert ui.timeline([], [], dt.date(2027, 1, 1)) == {"stages": []}


def test_the_styleguide_is_for_staff_only(
    client: Client, hr: Employee, employee: Employee, client_of: Callable[[Employee], Client]
) -> None:
    assert client.get("/styleguide/").status_code == 302
    assert client_of(employee).get("/styleguide/").status_code == 403
    hr.is_staff = True
    hr.save()
    assert client_of(hr).get("/styleguide/").status_code == 200


def test_each_persona_finds_his_own_rooms(
    hr: Employee, employee: Employee, client_of: Callable[[Employee], Client]
) -> None:
    html = client_of(employee).get("/my/training/").content.decode()
    assert "Import" not in html and 'href="/people/"' not in html and 'href="/my/training/" aria-current="page"' in html
    html = client_of(hr).get("/people/").content.decode()
    assert 'href="/people/" aria-current="page"' in html and 'href="/audit/"' in html
    assert "· HR" in html
    assert 'href="/service-map/"' in html and 'href="/courses/"' in html


def test_managers_and_executives_find_theirs(
    manager: Employee, executive: Employee, client_of: Callable[[Employee], Client]
) -> None:
    html = client_of(manager).get("/team/training/").content.decode()
    assert "· Manager" in html and 'href="/team/training/" aria-current="page"' in html and 'href="/results/"' in html
    assert 'href="/scorecard/"' in html  # of his own unit
    assert not any(f'href="{url}"' in html for url in ("/board/", "/programs/", "/service-map/", "/courses/"))
    html = client_of(executive).get("/results/").content.decode()
    assert "· Executive" in html and 'href="/scorecard/"' in html and 'href="/results/" aria-current="page"' in html
    assert not any(f'href="{url}"' in html for url in ("/programs/", "/waves/", "/service-map/", "/people/import/"))


def test_the_bottom_bar_tells_when_one_is_behind_more(hr: Employee, client_of: Callable[[Employee], Client]) -> None:
    assert "more-current" in client_of(hr).get("/courses/").content.decode()
    assert "more-current" not in client_of(hr).get("/programs/").content.decode()


def test_a_wide_drawing_comes_in_a_narrow_edition_too() -> None:
    wide = {"data": {"values": [{"a": 1, "b": 2}]}, "mark": "bar", "encoding": {}, "width": 560, "height": 40}
    html = charts.figure(wide, title="Wide")
    assert html.count("<svg") == 2 and "chart-narrow" in html
    assert charts.figure({**wide, "width": 200}, title="Small").count("<svg") == 1
    assert "<title" in html and "></title>" not in charts.figure(wide, description="What it shows")


@pytest.mark.django_db
def test_sign_in_offers_the_personas_only_in_demo_mode(client: Client, hr: Any, settings: Any) -> None:
    settings.DEMO = True
    assert b'value="manager@meridian.example"' in client.get("/accounts/login/").content
    settings.DEMO = False
    html = client.get("/accounts/login/").content
    assert b'name="password"' in html and b"meridian.example" not in html


@pytest.mark.django_db
def test_a_failed_sign_in_says_so_and_keeps_the_address(client: Client) -> None:
    html = client.post("/accounts/login/", {"login": "who@x.example", "password": "wrong"}).content.decode()
    assert 'value="who@x.example"' in html and 'role="alert"' in html and "wrong" not in html.split("form-errors")[0]


@pytest.mark.django_db
def test_nobody_signs_up(client: Client) -> None:
    assert b"Accounts come from HR" in client.get("/accounts/signup/").content


@pytest.mark.django_db
def test_an_unknown_address_gets_a_human_page(client: Client) -> None:
    answer = client.get("/no/such/page/")
    assert answer.status_code == 404 and b"There is no such page" in answer.content
