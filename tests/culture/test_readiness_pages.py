# ruff: noqa: F811 - fixtures come by import
"""The profile of readiness as page and API, and the rule for programs."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from culture.access.models import AuditEntry
from culture.framework import readiness
from culture.framework.readiness_models import ReadinessAssessment, ReadinessRule
from culture.people.models import Employee
from tests.culture.test_readiness import all_at, catalogue, judged, second, text_of, today  # noqa: F401

ClientOf = Callable[[Employee | None], Client]


# -- the page --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestProfile:
    def test_weakest_first_side_by_side_with_spread_and_change(
        self, hr, executive, second, catalogue, client_of: ClientOf
    ) -> None:
        judged(hr, (executive, all_at(2, S3=3)), days_ago=100)
        judged(hr, (hr, all_at(3, S9=0)), (executive, all_at(3, S9=1)), (second, all_at(3, S9=1, S3=1)))
        page = text_of(client_of(executive).get("/readiness/"))
        assert "<h1>Weakest, at 1 of 4: Well-performed behaviour is rewarded</h1>" in page
        assert "Praise comes now and then, by chance." in page
        assert "13 better" not in page
        assert "12 better, 1 worse than last time" in page
        assert "Sponsors disagree on 1 condition" in page
        assert "1 condition is below the threshold of 2.0" in page
        row = re.search(r"<tr><th scope=\"row\"><span class=\"tag\">S9</span>.*?</tr>", page)
        assert row is not None
        assert re.findall(r">([+-]?[\d.]+)<", row[0]) == ["0", "1", "1", "1", "1", "-1"]
        older = ReadinessAssessment.objects.order_by("on")[0]
        old = text_of(client_of(executive).get(f"/readiness/{older.pk}/"))
        assert "Weakest, at 2 of 4" in old
        assert "The first assessment" in old

    def test_who_may(self, hr, executive, manager, stranger, catalogue, client_of: ClientOf) -> None:
        made = judged(hr, (executive, all_at(2)))
        current = readiness.open(by=hr, on=today() - dt.timedelta(days=1), sponsors=[executive], today=today())
        seen = ["/readiness/", f"/readiness/{made.pk}/", "/api/v1/readiness/", f"/api/v1/readiness/{made.pk}/"]
        runs = ["/readiness/open/", "/readiness/rule/"]
        runs += [f"/readiness/{current.pk}/{what}/" for what in ("sponsors", "end")]
        for address in seen + runs:
            assert client_of(hr).get(address).status_code == 200, address
            assert client_of(executive).get(address).status_code == (200 if address in seen else 403), address
            assert client_of(manager).get(address).status_code == 403, address
            assert client_of(stranger).get(address).status_code == 403, address
            assert client_of(None).get(address).status_code in (302, 401, 403), address
        for address in runs:
            assert client_of(executive).post(address).status_code == 403
        assert client_of(executive).get(f"/readiness/{current.pk}/judge/").status_code == 200
        assert client_of(manager).get(f"/readiness/{current.pk}/judge/").status_code == 403

    def test_queries_do_not_grow(self, hr, executive, second, catalogue, client_of: ClientOf) -> None:
        client = client_of(executive)

        def count() -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get("/readiness/").status_code == 200
            return len(captured)

        judged(hr, (executive, all_at(2)), days_ago=90)
        judged(hr, (executive, all_at(2)), days_ago=80)
        client.get("/readiness/")
        two = count()
        for days in (30, 20, 10):
            judged(hr, (executive, all_at(2)), (second, all_at(3)), (hr, all_at(1)), days_ago=days)
        assert count() == two

    def test_the_api(self, hr, executive, catalogue, client_of: ClientOf) -> None:
        judged(hr, (executive, all_at(2)), days_ago=50)
        made = judged(hr, (hr, all_at(3)), (executive, all_at(4, S2=0)))
        rows = client_of(executive).get("/api/v1/readiness/").json()["results"]
        assert [row["id"] for row in rows][0] == made.pk
        weakest = client_of(executive).get(f"/api/v1/readiness/{made.pk}/").json()["lines"][0]
        assert {k: weakest[k] for k in ("code", "median", "low", "high", "spread", "change")} == {
            "code": "S2", "median": 1.5, "low": 0, "high": 3, "spread": 3, "change": -0.5
        }  # fmt: skip
        assert [one["level"] for one in weakest["judgments"]] == [3, 0]
        assert client_of(executive).get(f"/api/v1/readiness/{'9' * 18}/").status_code == 404


@pytest.mark.django_db
class TestRule:
    def test_the_default_is_a_median_of_two_on_any_condition_for_success(self, hr, executive, catalogue) -> None:
        assert readiness.standing().assessment is None
        judged(hr, (executive, all_at(2, S4=1, H2=0)))
        standing = readiness.standing()
        assert (standing.threshold, [one.code for one in standing.below]) == (2.0, ["S4"])

    @pytest.mark.parametrize(("scope", "below"), [("success", ["S4"]), ("all", ["H2", "S4"]), ("none", [])])
    def test_it_can_be_set(self, scope, below, hr, executive, catalogue, client_of: ClientOf) -> None:
        judged(hr, (executive, all_at(3, S4=1, H2=0)))
        assert client_of(hr).post("/readiness/rule/", {"scope": scope, "threshold": "2.5"}).status_code == 302
        assert ReadinessRule.objects.get().threshold == Decimal("2.5")
        assert [one.code for one in readiness.standing().below] == below
        assert AuditEntry.objects.get(verb="readiness.rule").detail == {"threshold": 2.5, "scope": scope}

    @pytest.mark.parametrize("wrong", [{"threshold": "5"}, {"threshold": "0"}, {"threshold": "x"}, {"scope": "moon"}])
    def test_an_impossible_rule_is_refused(self, wrong, hr, client_of: ClientOf) -> None:
        answer = client_of(hr).post("/readiness/rule/", {"scope": "all", "threshold": "2", **wrong})
        assert answer.status_code == 422
        assert not ReadinessRule.objects.exists()

    def test_there_is_one_rule(self, db) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            ReadinessRule.objects.create(pk=2)
