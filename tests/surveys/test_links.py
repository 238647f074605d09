"""The service map: what may be in it, its history, its days; what files and waves change in it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from culture.access.models import AuditEntry
from culture.people.models import Unit
from surveys.instruments.loading import load_library
from surveys.results import learning
from surveys.results.models import CellGroup, Release
from surveys.waves import link_map, links, links_import, links_learning, links_picture, series
from surveys.waves.links_learning import Finding, propose
from surveys.waves.links_picture import Band
from surveys.waves.models import LinkProposal, ServiceLink, Wave
from tests.conftest import make_unit

TODAY = timezone.localdate()
YESTERDAY = TODAY - dt.timedelta(days=1)
LONG_AGO = dt.date(2020, 1, 1)


@pytest.fixture
def it(units):
    return make_unit("IT", units["Meridian"])


@pytest.fixture
def wave(hr):
    planned = series.create(
        by=hr,
        name="Pulse",
        instrument=load_library(),
        first_opens_on=TODAY,
        every_months=3,
        occurrences=1,
        open_days=14,
        reminder_days=[],
    )
    return planned.waves.get()


# -- history -----------------------------------------------------------------------------------------------------------


def test_a_link_no_wave_asked_by_is_deleted_one_that_was_used_is_ended(hr, units, wave):
    link = links.add(by=hr, customer=units["Retail"], provider=units["Services"])
    Wave.objects.filter(pk=wave.pk).update(opened_at=timezone.now(), opens_on=YESTERDAY, state=Wave.State.OPEN)
    assert links.remove(by=hr, link=link) is True
    link.refresh_from_db()
    assert link.until == YESTERDAY
    assert link_map.on_day(YESTERDAY) == {units["Retail"].pk: [units["Services"].pk]}
    assert link_map.on_day(TODAY) == {}
    young = links.add(by=hr, customer=units["Branch A"], provider=units["Services"], since=TODAY)
    assert links.remove(by=hr, link=young) is False and not ServiceLink.objects.filter(pk=young.pk).exists()


def test_the_same_pair_may_come_again_later_but_not_at_once(hr, units):
    pair = {"customer": units["Retail"], "provider": units["Services"]}
    first = links.add(by=hr, **pair, since=LONG_AGO, until=dt.date(2021, 1, 1))
    with pytest.raises(ValidationError, match="until 2021-01-01"):
        links.add(by=hr, **pair, since=dt.date(2021, 1, 1))
    second = links.add(by=hr, **pair, since=dt.date(2021, 1, 2), kind="Repairs")
    with pytest.raises(ValidationError, match="already"):
        links.change(by=hr, link=first, kind="", since=LONG_AGO, until=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceLink.objects.create(**pair, since=dt.date(2030, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceLink.objects.filter(pk=second.pk).update(until=LONG_AGO)
    assert link_map.on_day(dt.date(2020, 6, 1)) == link_map.on_day(TODAY) == {units["Retail"].pk: [pair["provider"].pk]}
    assert link_map.on_day(dt.date(2019, 1, 1)) == {}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"provider": "Retail"}, "provider"),
        ({"provider": "Meridian"}, "provider"),
        ({"provider": "Branch A"}, "provider"),
        ({"since": TODAY, "until": YESTERDAY}, "until"),
    ],
)
def test_a_link_that_cannot_be_is_refused_and_nothing_written(more, field, hr, units):
    values = {"customer": units["Retail"], "provider": units["Services"], **more}
    values = {key: units[value] if isinstance(value, str) else value for key, value in values.items()}
    with pytest.raises(ValidationError) as error:
        links.add(by=hr, **values)
    assert set(error.value.message_dict) == {field}
    assert not ServiceLink.objects.exists() and not AuditEntry.objects.filter(verb__startswith="service_link").exists()


def test_merged_units_are_followed_and_closed_ones_counted_out(hr, units, it):
    old = make_unit("Old IT", units["Meridian"])
    links.add(by=hr, customer=units["Branch A"], provider=old)
    links.add(by=hr, customer=units["Branch B"], provider=old)
    links.add(by=hr, customer=units["Branch B"], provider=it)
    Unit.objects.filter(pk=old.pk).update(until=YESTERDAY, merged_into=it)
    assert link_map.on_day(TODAY) == {units["Branch A"].pk: [it.pk], units["Branch B"].pk: [it.pk]}
    assert link_map.on_day(YESTERDAY)[units["Branch A"].pk] == [old.pk]
    Unit.objects.filter(pk=old.pk).update(merged_into=None)
    assert link_map.on_day(TODAY) == {units["Branch B"].pk: [it.pk]}
    assert len(link_map.lost(TODAY)) == 2
    with pytest.raises(ValidationError, match="closed"):
        links.add(by=hr, customer=units["Services"], provider=Unit.objects.get(pk=old.pk))


# -- the matrix's changes ----------------------------------------------------------------------------------------------


def test_set_pairs_is_all_or_nothing(hr, units, it):
    good, bad = (units["Retail"].pk, it.pk), (units["Branch A"].pk, units["Retail"].pk)
    with pytest.raises(ValidationError, match="Branch A ← Meridian > Retail"):
        links.set_pairs(by=hr, add_pairs=[good, bad], end_pairs=[], today=TODAY)
    assert not ServiceLink.objects.exists()
    assert links.set_pairs(by=hr, add_pairs=[good], end_pairs=[], today=TODAY, since=TODAY, kind="IT") == (1, 0)
    assert links.set_pairs(by=hr, add_pairs=[good], end_pairs=[], today=TODAY, since=TODAY) == (0, 0), "twice"
    assert links.set_pairs(by=hr, add_pairs=[], end_pairs=[good, (1, 2)], today=TODAY) == (0, 1)


# -- import and export -------------------------------------------------------------------------------------------------


def test_a_file_is_previewed_and_imported_once(hr, units, it):
    text = (
        "provider;customer;kind;since;until\n"
        "Meridian > IT;Meridian > Retail;Laptops;2026-01-01;\n"
        "meridian>it;Meridian > Services;;01.02.2026;31.12.2026\n"
        "Nowhere;Meridian > Retail;;;\n"
        "Meridian > Retail;Meridian > Retail > Branch A;;;\n"
        "Meridian > IT;Meridian > Retail;;2026-05-01;\n"
        "Meridian > IT;Meridian > Retail > Branch A;;31/12/2026;\n"
        "Meridian > IT;Meridian > Retail > Branch A;;2026-12-31;2026-01-01\n"
        "\n"
    )
    found = links_import.preview(text)
    assert (len(found.new), len(found.changed), found.unchanged) == (2, 0, 0)
    reasons = {line: why for line, _, why in found.rejected}
    assert set(reasons) == {4, 5, 6, 7, 8}
    assert "Nowhere" in reasons[4] and "itself" in reasons[5] and "Line 2" in reasons[6] and "2026-03-31" in reasons[7]
    assert not ServiceLink.objects.exists()
    links_import.apply(by=hr, text=text)
    assert ServiceLink.objects.count() == 2
    entry = AuditEntry.objects.get(verb="service_link.imported")
    again = links_import.apply(by=hr, text=text)
    assert (len(again.new), len(again.changed), again.unchanged) == (0, 0, 2)
    assert AuditEntry.objects.filter(verb="service_link.imported").get() == entry, "nothing written, nothing recorded"


def test_the_export_imports_without_a_change_and_an_edit_of_it_changes_one(hr, units, it):
    odd = make_unit('=Sum, "the" =', units["Meridian"])
    links.add(by=hr, customer=units["Retail"], provider=it, kind="-5 °C, ok", since=LONG_AGO, until=YESTERDAY)
    links.add(by=hr, customer=units["Retail"], provider=it, since=TODAY)
    links.add(by=hr, customer=odd, provider=it)
    text = "".join(links_import.export())
    assert text.count("\n") == 4
    found = links_import.preview(text)
    assert found.unchanged == 3 and not (found.new or found.changed or found.rejected)
    links_import.apply(by=hr, text=text.replace(f",,{TODAY},", f",Laptops,{TODAY},"))
    assert ServiceLink.objects.get(since=TODAY).kind == "Laptops"
    assert not any(line.startswith(("=", "+", "-", "@")) for line in text.splitlines())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "customer"),
        ("a,b\n1,2\n", "customer"),
        ("customer,provider\n", "no links"),
        ('customer,provider\n"a', "well-formed"),
        ("customer,provider\n" + "a,b\n" * 5001, "5000"),
    ],
)
def test_a_file_that_is_none_is_refused(db, text, told):
    with pytest.raises(links_import.Refused, match=told):
        links_import.preview(text)


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"customer,provider\n\x00", "é".encode("latin-1")])
def test_what_is_no_text_is_refused(raw):
    with pytest.raises(links_import.Refused):
        links_import.decode(raw)


# -- learning ----------------------------------------------------------------------------------------------------------

PARENTS = {1: None, 2: 1, 3: 2, 4: 2, 5: 1, 6: 1}
BLOCKS = {3: [3], 4: [4], 5: [5]}


def findings(used=(), unused=(), then=None, now=None):
    then = then or {}
    maps = {"map_then": then, "map_now": then if now is None else now}
    return propose(used=used, unused=unused, blocks=BLOCKS, parents=PARENTS, **maps)


def test_a_provider_that_is_rated_and_not_in_the_map_makes_a_proposal():
    assert findings([(3, 6)]) == [Finding(3, 6, "new")]
    assert findings([(3, 6)], then={2: [6]}) == [], "known through the unit above"
    assert findings([(3, 6)], then={}, now={3: [6]}) == [], "added since"
    assert findings([(3, 2), (3, 3), (3, 99), (77, 6)]) == [], "above, itself, unknown"


def test_a_provider_that_is_left_out_makes_a_proposal_where_it_stands():
    then = {3: [6], 2: [5]}
    assert findings(unused=[(3, 6)], then=then) == [Finding(3, 6, "unused")]
    assert findings(unused=[(3, 5)], then=then) == [], "stands in the map for the unit above"
    assert findings(unused=[(3, 6)], then=then, now={}) == [], "taken off since"


def test_a_merged_block_speaks_for_each_of_its_units_but_not_for_what_lies_below_them():
    maps = {"map_then": {}, "map_now": {4: [6]}}
    found = propose(used=[(9, 6)], unused=[], blocks={9: [3, 4, 7]}, parents={**PARENTS, 7: 3}, **maps)
    assert found == [Finding(3, 6, "new")]


@given(st.integers(0, 60), st.integers(0, 60), st.sampled_from([5, 7, 10]))
def test_hardly_used_is_said_of_at_least_k_and_never_tells_how_many(used, skipped, k):
    asked = used + skipped
    told = links_learning.hardly_used(asked=asked, used=used, k=k)
    assert not told or (skipped >= k and asked >= 2 * k and skipped >= 0.8 * asked)
    # What is said of a few users is said of none as well: it gives no one of them away.
    assert not told or links_learning.hardly_used(asked=asked, used=0, k=k)


def test_the_sums_of_opened_envelopes():
    one = {"block": 1, "providers": {"7": {"q": None, "r": None}, "8": {"q": 4}}}
    other = {"block": 1, "providers": {"7": {"q": 3, "r": None}}}
    assert learning.hardly_used([one] * 9 + [other], 5) == [[1, 7]]
    assert learning.hardly_used([one] * 8 + [other], 5) == [], "nine were asked"
    assert learning.hardly_used([one] * 7 + [other] * 3, 5) == []
    assert learning.hardly_used([{"block": 1}], 5) == []


@pytest.fixture
def released(wave, units):
    """Branch A and Branch B are blocks of their own; the cell Services ← Branch A is shown, ← Branch B hidden."""
    blocks = [{"id": units[n].pk, "name": n, "units": [units[n].pk], "parent": None, "invited": 12} for n in
              ("Branch A", "Branch B", "Services")]  # fmt: skip
    homes = {units[n].pk for n in ("Branch A", "Branch B", "Services")}
    tree = [
        {"id": u.pk, "name": u.name, "parent": u.parent_id, "block": u.pk if u.pk in homes else None}
        for u in units.values()
    ]
    wave.snapshot = {"units": tree, "blocks": blocks, "sealed": {}}
    wave.rules, wave.state = {"k": 5}, Wave.State.RELEASED
    wave.save()
    release = Release.objects.create(wave=wave, formula_version="1", rules={}, rules_hash="x")
    for name, shown in (("Branch A", True), ("Branch B", False)):
        CellGroup.objects.create(
            release=release,
            family="matrix",
            unit=units["Services"].pk,
            other=units[name].pk,
            name=name,
            cells={"served": {"shown": shown}},
        )
    return wave


def test_a_release_teaches_the_map_through_shown_cells_only(released, units, hr):
    assert learning.learn_from(released, today=TODAY) == 1
    assert learning.learn_from(released, today=TODAY) == 0, "a repeat adds nothing"
    (proposal,) = links_learning.waiting()
    assert (proposal.customer, proposal.provider, proposal.change) == (units["Branch A"], units["Services"], "new")
    assert links_learning.decide(by=hr, proposal=proposal, accept=True, today=TODAY) is True
    link = ServiceLink.objects.get()
    assert (link.customer, link.provider, link.since) == (units["Branch A"], units["Services"], TODAY)
    assert links_learning.decide(by=hr, proposal=proposal, accept=False, today=TODAY) is False, "decided once"


def test_what_hardly_anybody_used_is_proposed_to_go_and_not_again_when_left(released, units, hr):
    a, b, services = units["Branch A"], units["Branch B"], units["Services"]
    for customer in (a, b):
        links.add(by=hr, customer=customer, provider=services)
    released.snapshot["sealed"] = {"unused": [[a.pk, services.pk]]}
    released.save()
    assert learning.learn_from(released, today=TODAY) == 1
    (proposal,) = links_learning.waiting()
    assert (proposal.customer, proposal.change) == (a, LinkProposal.Change.UNUSED)
    links_learning.decide(by=hr, proposal=proposal, accept=False, today=TODAY)
    assert ServiceLink.objects.on(TODAY).count() == 2
    released.pk, released.number = None, 2
    released.save()
    assert learning.learn_from(released, today=TODAY) == 0, "what HR has left is not proposed again"


def test_an_unreleased_wave_teaches_nothing(wave):
    with pytest.raises(ValueError, match="released"):
        links_learning.learn_from(wave, used=[], unused=[], today=TODAY)


# -- the drawing -------------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(21, 60), st.integers(0, 900)), min_size=1, max_size=500))
def test_the_drawing_holds_at_most_thirty_and_every_provider_it_can(rows):
    once = {(provider, customer): people for provider, customer, people in rows}
    bands = [Band(p, c, f"P{p}", f"C{c}", people) for (p, c), people in once.items()]
    shown = links_picture.top(bands)
    assert len(shown) == min(30, len(bands)) and len(set(shown)) == len(shown)
    assert {band.provider for band in shown} == {band.provider for band in bands}
    left, right = links_picture.layout(shown)
    assert sorted(left) == sorted({b.provider for b in shown}) and sorted(right) == sorted({b.customer for b in shown})
    svg = links_picture.draw(shown, links_picture.NARROW, title="T", description="D")
    assert svg.count("<path") == len(shown) and svg.count("<circle") == len(left) + len(right)


def test_names_in_the_drawing_are_escaped_and_shortened():
    band = Band(1, 2, '<script>"&', "信息技术与流程管理支持中心办公室第二处", 3)
    svg = links_picture.draw([band], links_picture.NARROW, title="<b>", description="&")
    assert "<script>" not in svg and "&lt;script&gt;" in svg and "<b>" not in svg
    assert links_picture.shortened(band.customer_name, 10) == "信息技…处"
    assert links_picture.shortened("Servizio clienti di Roma 24", 15) == "Servizio c…a 24"
    assert links_picture.shortened("Retail", 6) == "Retail"


def test_few_crossings():
    """Two groups that have nothing to do with each other are drawn one above the other."""
    bands = [Band(p, c, "", "", 1) for p, c in [(1, 10), (2, 20), (1, 11), (2, 21), (1, 12), (2, 22)]]
    left, right = links_picture.layout(bands)
    assert [c // 10 for c in right] == sorted((c // 10 for c in right), reverse=left == [2, 1])
