"""What poor service costs: the ranges, and the pages on which HR estimates and leaders read."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.planning.models import Program
from programs.reports import cost_views, costs
from programs.reports.cost import model
from programs.reports.cost.factors import BY_KEY, PARTS
from programs.reports.cost.model import Input, estimate
from programs.reports.cost_models import CostEstimate
from tests.programs.test_reports import make_program

EXACT = {
    "customers": 10_000, "leave": 10, "by_service": 50, "margin": 100, "years": 2, "replaced": 50, "winning": 300,
    "complaints": 900, "handling": 2, "amends": 10, "complain": 90, "tells": 5, "deterred": 10,
    "people": 1000, "lost_hours": 3, "interfaces": 2, "hour": 40,
}  # fmt: skip
# By hand: 500 customers lost × 100 × 2; 250 replaced × 300; 900 × (2 × 40 + 10); 1,000 dissatisfied × 5 × 0.1 × 100;
# 1,000 people × 2 × 3 hours × 4 × 40.
BY_HAND = {"lost": 100_000, "replacing": 75_000, "complaints": 81_000, "told": 50_000, "time": 960_000}


def exact(**changed: float) -> dict[str, Input]:
    return {key: Input(value, value, value, "report 14") for key, value in (EXACT | changed).items()}


def spread(inputs: dict[str, Input], *keys: str, by: float = 0.5) -> dict[str, Input]:
    wide = {key: replace(inputs[key], low=inputs[key].low * (1 - by), high=inputs[key].high * (1 + by)) for key in keys}
    return inputs | wide


# -- the ranges ------------------------------------------------------------------------------------------------------


def test_exact_inputs_give_what_one_works_out_by_hand():
    found = estimate(exact(), seed=1, draws=10)
    assert {key: round(part.middle) for key, part in found.parts} == BY_HAND
    assert (found.total.low, found.total.high) == pytest.approx((1_266_000, 1_266_000))
    assert found.drivers == [] and found.left_out == []
    assert found.one_in_ten.middle == pytest.approx(17_500)


def test_a_pert_input_has_its_published_mean_and_peak_in_range():
    """Mean (low + 4 likely + high) / 6: Malcolm et al. 1959, as in Vose 2008."""
    inputs = exact() | {"customers": Input(5_000, 10_000, 21_000, "x")}
    only = {key: inputs[key] for key in ("customers", "leave", "by_service", "margin", "years")}
    drawn = model._draw(only, list(only), 3, 200_000)["customers"]
    assert drawn.mean() == pytest.approx((5_000 + 4 * 10_000 + 21_000) / 6, rel=0.005)
    assert drawn.min() >= 5_000 and drawn.max() <= 21_000


def test_what_is_missing_is_left_out_and_named():
    inputs = exact()
    del inputs["hour"], inputs["tells"]
    found = estimate(inputs, seed=1, draws=10)
    assert [key for key, _part in found.parts] == ["lost", "replacing"]
    assert dict(found.left_out) == {"complaints": ["hour"], "told": ["tells"], "time": ["hour"]}
    assert estimate({}, seed=1).total is None


def test_the_widest_input_drives_it():
    found = estimate(spread(spread(exact(), "lost_hours"), "margin", by=0.1), seed=1)
    assert [driver.key for driver in found.drivers] == ["lost_hours", "margin"]
    first = found.drivers[0]
    assert first.share > 90 and (first.low, first.high) == pytest.approx((786_000, 1_746_000))


VALUE = st.tuples(*[st.floats(0.5, 99, allow_nan=False)] * 3).map(sorted).map(lambda v: Input(*v, "s"))
INPUTS = st.fixed_dictionaries({}, optional=dict.fromkeys(BY_KEY, VALUE))


@settings(max_examples=60)
@given(INPUTS, st.integers(0, 2**31))
def test_ranges_are_in_order_repeatable_and_within_what_is_possible(inputs: dict[str, Input], seed: int):
    found = estimate(inputs, seed=seed, draws=300)
    assert found == estimate(dict(reversed(inputs.items())), seed=seed, draws=300)
    for _key, part in found.parts:
        assert 0 <= part.low <= part.middle <= part.high
    if found.total:
        ends = [
            estimate(
                {k: replace(one, low=v, likely=v, high=v) for k, one in inputs.items() for v in [at(k, one)]}, seed=1
            )
            for at in (
                lambda k, one: one.high if k == "complain" else one.low,
                lambda k, one: one.low if k == "complain" else one.high,
            )
        ]
        assert ends[0].total.middle * 0.999 <= found.total.low and found.total.high <= ends[1].total.middle * 1.001
    assert {key for key, _x in found.parts} | {key for key, _x in found.left_out} == {part.key for part in PARTS}


@settings(max_examples=60)
@given(INPUTS)
def test_the_line_of_the_picture_lies_in_every_bar(inputs: dict[str, Input]):
    found, likely = estimate(inputs, seed=1, draws=50), model.at_likely(inputs)
    assert (likely is None) == (found.total is None)
    for driver in found.drivers:
        assert likely is not None and driver.low * 0.999 <= likely <= driver.high * 1.001


@pytest.mark.parametrize(
    "wrong", [Input(3, 2, 4, "s"), Input(-1, 2, 3, "s"), Input(1, 2, 3, " "), Input(1, 2, float("nan"), "s")]
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        estimate({"customers": wrong}, seed=1)


def test_amounts_are_told_with_two_figures():
    told = [str(costs.Money(amount, "EUR")) for amount in (0, 0.44, 847, 58_400, 1_266_000, 128_000_000, 2_340_000_000)]
    assert told == ["EUR 0", "EUR 0", "EUR 850", "EUR 58,000", "EUR 1.3 million", "EUR 130 million", "EUR 2.3 billion"]


# -- the pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def program(hr, units) -> Program:
    return make_program(hr, units)


def posted(**changed: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"currency": "eur", "note": ""}
    for key in ("customers", "leave", "by_service", "margin", "years"):
        data |= {f"{key}-low": EXACT[key] * 0.8, f"{key}-likely": EXACT[key], f"{key}-high": EXACT[key] * 1.3}
        data[f"{key}-source"] = f"Controlling, {key}"
    return data | changed


@pytest.mark.django_db
def test_hr_estimates_and_leaders_read(program, hr, executive, manager, stranger, client_of):
    page, new = reverse("reports:cost", args=[program.pk]), reverse("reports:cost_new", args=[program.pk])
    assert "No estimate yet" in client_of(executive).get(page).content.decode()
    for person in (manager, stranger):
        assert client_of(person).get(page).status_code == client_of(person).get(new).status_code == 403
    assert client_of(executive).get(new).status_code == client_of(executive).post(new, posted()).status_code == 403
    answer = client_of(hr).post(new, posted())
    assert answer.status_code == 302 and answer.url == reverse("reports:cost_number", args=[program.pk, 1])
    text = client_of(executive).get(page).content.decode()
    assert "Poor service costs about EUR 1" in text and "Controlling, margin" in text
    assert "The dashed line is the total with all of them there: EUR " in text
    assert "Replacing them" in text and "not counted" in text and "Cost to win a new customer" in text
    assert CostEstimate.objects.get().currency == "EUR"


@pytest.mark.django_db
def test_the_dashed_line_is_that_of_the_bars_and_not_the_middle_of_the_draws(program, hr):
    """Half of the draws lie above it where an input can be much higher, but hardly lower."""
    inputs = exact(customers=2_000, leave=10, by_service=50, margin=1_000, years=1)
    only = {key: inputs[key] for key in ("customers", "leave", "by_service", "margin", "years")}
    wide = only | {"margin": Input(1_000, 1_500, 9_000, "x"), "by_service": Input(45, 50, 55, "x")}
    made = costs.save(program, inputs=wide, currency="EUR", note="", by=hr, now=timezone.now())
    told = cost_views.told(made)
    bars, line = (layer["data"]["values"] for layer in told["tornado"]["layer"])
    assert line == [{"at": pytest.approx(150_000)}] and all(bar["low"] <= line[0]["at"] <= bar["high"] for bar in bars)
    assert costs.read(made).total.middle > max(bar["high"] for bar in bars if "poor service" in bar["label"])
    assert str(told["likely"]) == "EUR 150,000"


@pytest.mark.django_db
def test_bad_input_is_told_where_it_is_and_nothing_is_lost(program, hr, client_of):
    new = reverse("reports:cost_new", args=[program.pk])
    wrong = posted(
        **{"margin-low": 500, "years-source": "", "leave-high": 130, "currency": "euro", "tells-source": "he"}
    )
    answer = client_of(hr).post(new, wrong)
    text = answer.content.decode()
    assert answer.status_code == 400 and 'value="Controlling, margin"' in text and 'value="500"' in text
    answer = client_of(hr).post(new, wrong | {"leave-high": 12, "currency": "EUR"})
    text = answer.content.decode()
    assert "From the smallest to the largest" in text and "No number from nowhere" in text and "Say how much" in text
    answer = client_of(hr).post(new, {"currency": "EUR", "margin-likely": 5, "margin-source": "x"})
    assert answer.status_code == 400 and "Nothing can be counted yet" in answer.content.decode()
    assert not CostEstimate.objects.exists()


@pytest.mark.django_db
def test_a_figure_of_the_texts_is_taken_with_its_source(program, hr, client_of):
    new = reverse("reports:cost_new", args=[program.pk])
    answer = client_of(hr).post(
        new, {**posted(), "by_service-source": "", "margin-likely": "7", "take": "by_service:1"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200 and 'value="94"' in text and "94 % of departures" in text
    assert 'value="Controlling, margin"' in text and "field-wrong" not in text
    assert not CostEstimate.objects.exists()


@pytest.mark.django_db
def test_each_estimate_stays_as_it_was(program, hr, client_of):
    new = reverse("reports:cost_new", args=[program.pk])
    client = client_of(hr)
    client.post(new, posted())
    first = client.get(reverse("reports:cost_number", args=[program.pk, 1])).content
    again = client.get(new).content.decode()
    assert 'value="Controlling, margin"' in again
    client.post(new, posted(**{"margin-likely": 110, "note": "Margins of 2026"}))
    text = client.get(reverse("reports:cost", args=[program.pk])).content.decode()
    assert "Margins of 2026" in text and "Number 1," in text
    older = client.get(reverse("reports:cost_number", args=[program.pk, 1])).content.decode()
    assert "This is an older estimate" in older
    headline = first.decode().split('<h2 class="headline">')[1].split("</h2>")[0]
    assert headline in older
    for sql in ("UPDATE programs_costestimate SET currency = 'USD'", "DELETE FROM programs_costestimate"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.django_db
def test_the_file_names_every_input_and_its_source(program, hr, client_of):
    client = client_of(hr)
    client.post(reverse("reports:cost_new", args=[program.pk]), posted(**{"margin-source": "=HYPERLINK(1)"}))
    answer = client.get(reverse("reports:cost_file", args=[program.pk, 1]))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    margin = next(row for row in rows if row["key"] == "margin")
    assert margin["likely_or_middle"] == "100.0" and margin["source"] == "'=HYPERLINK(1)"
    total = next(row for row in rows if row["key"] == "total")
    assert float(total["low"]) < float(total["likely_or_middle"]) < float(total["high"])


@pytest.mark.django_db
def test_the_page_costs_the_same_at_one_and_at_three_estimates(program, hr, client_of):
    client, new = client_of(hr), reverse("reports:cost_new", args=[program.pk])
    page, counts = reverse("reports:cost", args=[program.pk]), []
    for wanted in (1, 3):
        while CostEstimate.objects.count() < wanted:
            client.post(new, posted())
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]
