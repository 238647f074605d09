"""What a wave about departments says: sins and signs, hours lost at each interface; and a wave that asked nothing that
sums up shows no columns for it. Through the pages."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from culture.access import clock
from surveys.answering import submitting
from surveys.instruments.loading import load_library
from surveys.results import disclosure, queries, releasing, sharing
from surveys.results.models import CellGroup
from surveys.results.scoring import Tally
from surveys.waves import series
from surveys.waves.models import Invitation, Wave
from tests.surveys.results_world import LATER, NOW, body_of, open_wave, people

pytestmark = pytest.mark.django_db
SCORES = ("p_treatment", "p_competence", "p_reliability", "p_responsiveness", "p_empathy", "p_ease")
RULES = {"k": 5, "band_to": 7, "score_detail_from": 8, "distribution_from": 20}


def asked(units, key: str, answers) -> Wave:
    """A released wave of a questionnaire of the library; ``answers(n)`` of the n-th person about each provider."""
    made = series.create(
        by=None,
        name=key,
        instrument=load_library(key),
        first_opens_on=NOW.date(),
        every_months=6,
        occurrences=1,
        open_days=14,
        reminder_days=(),
    )
    wave = open_wave(units, made.waves.get()).wave
    told = Invitation.objects.filter(wave=wave).order_by("pk")
    given = [
        (one.pk, {"own": {}, "providers": {str(unit): answers(n) for unit in one.providers}, "comment": {}})
        for n, one in enumerate(told)
    ]
    submitting.submit_many(wave, given)
    releasing.close_wave(wave, now=LATER)
    wave.refresh_from_db()
    return wave


def page(client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"results:{name}", args=args) + query)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", body_of(answer))


@pytest.fixture
def ids(units, hr, manager, stranger, executive):
    people(units)
    return units


def test_a_share_of_options_is_one_of_ratings_not_of_people():
    """40 ratings by 25 people, half of them met it: 50 %, not 80 %."""
    tally = Tally(2)
    tally.n, tally.counts = 40, [20, 4]
    assert disclosure.picks_cell(tally, 25, RULES, ["1", "2"])["shares"] == {"1": 50, "2": 10}


def test_sins_and_signs_with_their_intervals_and_no_column_for_what_was_not_asked(ids, hr, client_of):
    # Each person needed it ten times; every second met the first sin and the second sign.
    wave = asked(ids, "sins-and-signs", lambda n: {"p_times": 10, "p_sins": n % 2, "p_signs": 2 * (n % 2)})
    client, unit = client_of(hr), ids["Services"].pk
    cell = CellGroup.objects.get(release__wave=wave, family="tree", unit=unit).cells["p_sins"]
    share, n = cell["shares"]["1"], cell["n"]
    assert n > 20 and 45 <= share <= 55
    told = page(client, "unit", wave.pk, unit)
    found = re.search(r"<span class=\"tag\">sin</span> ([^<]+)</th><td[^>]*>(\d+) %</td><td[^>]*>(\d+) – (\d+) %</td>"
                      r"<td[^>]*>(\d+)</td><td[^>]*>([\d.]+)</td>", told)  # fmt: skip
    assert found and (int(found[2]), int(found[5]), float(found[6])) == (share, n, int(share / 10.5 * 10) / 10)
    assert int(found[3]) < share < int(found[4])
    assert (
        re.search("Services[^<]*: what most people met: “", told)
        and "A person needed it about 9 times on average, told to the nearest 3." in told
    )
    # Nothing of it judges the service: that is not hidden, it was not asked.
    assert 'of=served"' not in told
    overview = page(client, "wave", wave.pk)
    assert "What most people met: “" in overview and ">not asked<" not in overview
    table = overview[overview.index("table-heat") :]
    assert not any(f">{head}</th>" in table for head in ("People", "First barrier", "Serves others", "Talk index"))
    assert "asked nothing that sums up to a score" in table and "of=people" not in table
    assert "Hours lost" not in page(client, "services", wave.pk)


def test_hours_lost_stand_at_each_interface_with_their_interval(ids, hr, manager, client_of):
    wave = asked(ids, "internal-service", lambda n: {**dict.fromkeys(SCORES, 2 + n % 3),
                                                     "p_lost_time": n % 6, "p_talk": 1 + n % 5})  # fmt: skip
    told = page(client_of(hr), "services", wave.pk, query="?look=hours&level=matrix")
    line = re.search(
        r"<tr><th scope=\"row\">Services[^<]*</th><td[^>]*>Branch B</td><td[^>]*><strong>([\d.]+)</strong></td>"
        r"<td[^>]*>([\d.]+) – ([\d.]+)</td><td[^>]*>(\d+)</td><td[^>]*>([\d,]+)</td>", told
    )  # fmt: skip
    assert line and int(line[4]) == 24 and float(line[2]) < float(line[1]) < float(line[3])
    assert abs(float(line[5]) - 24 * float(line[1])) <= 2
    small = re.search(r"<th scope=\"row\">Services[^<]*</th><td[^>]*>Branch A</td>.*?</tr>", told)
    assert small and "estimated" in small[0] and '<td class="num" data-label="All who answered, together">–' in small[0]
    unit = page(client_of(hr), "unit", wave.pk, ids["Services"].pk)
    assert "hours of working time lost per person and quarter" in unit and "?look=hours" in unit
    assert re.search(
        r"would tell something great about it: memorable service\. <span[^>]*>95 % interval \d+–\d+ %", unit
    )
    # A manager reads the hours of his own interfaces only.
    his = page(client_of(manager), "services", wave.pk, query="?look=hours&level=matrix")
    assert "Branch A" in his and "Branch B" not in his


def test_a_plain_employee_reads_his_own_group_before_the_whole(ids, hr, client_of, employee):
    wave = asked(ids, "internal-service", lambda n: dict.fromkeys(SCORES, 3 + n % 2))
    today = clock.today()
    sharing.share(wave, on=dict.fromkeys(sharing.AUDIENCES, today), employee_comments=False, tell=False, by=hr)
    employee.unit = ids["Services"]
    employee.save()
    told = page(client_of(employee), "wave", wave.pk)
    assert re.search("<h1>Services[^<]*: colleagues rate the service", told)
    assert told.index("own-unit") < told.index("All of Meridian")
    assert queries.released_waves(employee).count() == 1
