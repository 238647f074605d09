"""Nobody can store something about a person and forget to say so: every relation to Employee is registered."""

import pytest
from django.db import models

from culture.people import erasure_search, retention, rights
from culture.people.models import Employee


def test_every_relation_to_a_person_is_registered() -> None:
    assert rights.unregistered() == set(), "register it in the room's personal.py (see culture/people/rights.py)"


def test_the_guard_sees_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(rights._holdings, ("programs.Enrolment", ("employee",), "None"))
    assert rights.unregistered() == {("programs.enrolment", "employee")}


def test_registered_models_and_fields_exist() -> None:
    for one in rights.holdings():
        query = str(one.rows(Employee(pk=1)).query)
        assert query


def test_exemptions_and_published_texts_name_real_models() -> None:
    from django.apps import apps

    for label in [*rights.published_texts(), *(label for label, _field in rights._exempt)]:
        assert label in {m._meta.label_lower for m in apps.get_models(include_auto_created=True)}, label


def test_everything_says_how_long_and_who() -> None:
    for one in rights.holdings():
        assert all(str(words).strip() for words in (one.title, one.kept, one.seen_by, one.after)), one.model
    for kind in retention.kinds():
        assert kind.minimum <= kind.default <= kind.maximum, kind.key
        assert str(kind.reason).strip() and str(kind.title).strip()


@pytest.mark.django_db
def test_released_and_append_only_tables_are_not_searched() -> None:
    searched = {model._meta.label for model, _columns in erasure_search.searched_columns()}
    assert not searched & {
        "surveys.CellGroup", "surveys.Release", "surveys.Wave", "culture.AuditEntry", "culture.TailoringChange",
        "programs.LedgerEntry", "culture.Employee",
    }  # fmt: skip
    assert {"programs.Kudos", "culture.ImportEffect", "surveys.Message"} <= searched


def test_a_new_text_column_is_searched_by_itself() -> None:
    assert erasure_search._searched(models.TextField())
    assert erasure_search._searched(models.JSONField())
    assert not erasure_search._searched(models.SlugField())
