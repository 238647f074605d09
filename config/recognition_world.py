"""A year of thanks made by SQL, for `bench recognition`: people, their accounts, gifts and a ledger that adds up."""

from __future__ import annotations

import datetime as dt

from dateutil.relativedelta import relativedelta
from django.db import connection

from culture.framework.loading import load_catalogue
from culture.framework.models import Behaviour, Requirement
from programs.recognition import posting
from programs.recognition.posting import EXPIRED, ISSUER, SPENT

TEAM = 20
MONTHS = 12
ROWS_EACH = 50  # of the ledger, a person and year
RINGS = 8
ALLOWANCE = 100

PEOPLE = """
    INSERT INTO culture_unit (name, path, position, parent_id)
        SELECT 'Bench', 'Bench', 0, NULL;
    INSERT INTO culture_unit (name, path, position, parent_id)
        SELECT 'Team ' || n, 'Bench > Team ' || n, n, (SELECT id FROM culture_unit WHERE path = 'Bench')
        FROM generate_series(0, ({people} - 1) / {team}) n;
    INSERT INTO culture_employee (number, given_name, family_name, email, unit_id, password, hired_on, job_family,
        job_title, site, language, time_zone, kind, customer_facing, is_staff, is_active, is_superuser)
        SELECT (100000 + n)::text, 'Given' || n % 977, 'Family' || n, 'p' || n || '@bench.example', u.id, '!',
            '2020-01-01', 'Sales', 'Clerk', 'Rome', 'en', 'Europe/Rome', 'employee', false, false, true, false
        FROM generate_series(0, {people} - 1) n JOIN culture_unit u ON u.path = 'Bench > Team ' || n / {team};
    CREATE TABLE bench_people AS
        SELECT number::int - 100000 AS n, id, unit_id FROM culture_employee WHERE email LIKE 'p%@bench.example';
    CREATE UNIQUE INDEX ON bench_people (n);
"""
# Pure functions of the numbers, so that each run makes the same year. Two of three thanks stay in the team.
GIFTS = """
    CREATE TABLE bench_gifts AS
    SELECT row_number() OVER () AS g, giver, receiver, month, points FROM (
        SELECT n AS giver, points, month,
            CASE WHEN hash % 3 < 2 THEN n / {team} * {team} + (n % {team} + 1 + hash / 3 % ({team} - 1)) % {team}
                 ELSE (n + 1 + hash / 3 % ({people} - 1)) % {people} END % {people} AS receiver
        FROM (
            SELECT n, k, (hashint8(n::bigint * 1000 + k)::bigint & 2147483647) AS hash, k % {months} AS month,
                5 * (1 + (n + k) % 6) AS points
            FROM generate_series(0, {people} - 1) n, generate_series(0, {each} - 1) k
        ) drawn
        UNION ALL
        SELECT first + place, 40, month, first + (place + 1) % length
        FROM (SELECT r * ({people} / ({rings} + 1)) AS first, 3 + r % 4 AS length
              FROM generate_series(0, {rings} - 1) r) rings,
            generate_series(0, length - 1) place, generate_series(0, 5) month
    ) made WHERE giver <> receiver;
"""
ACCOUNTS = """
    INSERT INTO programs_account (kind, employee_id, period, ends, issued_at, balance, label)
        SELECT 'allowance', id, m.first, m.last, m.first, 0, '' FROM bench_people, bench_months m;
    INSERT INTO programs_account (kind, employee_id, balance, label) SELECT kind, id, 0, ''
        FROM bench_people, unnest(ARRAY['pending', 'personal']) kind;
    CREATE TABLE bench_accounts AS
        SELECT p.n, a.kind, m.month, a.id FROM programs_account a JOIN bench_people p ON p.id = a.employee_id
        LEFT JOIN bench_months m ON m.first = a.period;
    CREATE INDEX ON bench_accounts (n, kind, month);
    INSERT INTO programs_kudos (story, points, public, at, period, idempotency_key, behaviour_id, requirement_id,
        giver_id, language, state, customer, purse_id)
        SELECT 'Stayed late and finished it with us, number ' || g, points, g % 10 > 0, at, first,
            gen_random_uuid(), behaviours[1 + g % array_length(behaviours, 1)],
            requirements[1 + g % array_length(requirements, 1)], p.id, 'en', 'settled', 'internal', purse
        FROM (SELECT b.*, m.first, m.first + interval '1 day' * (g % 27) + interval '9 hours' AS at, a.id AS purse
              FROM bench_gifts b JOIN bench_months m USING (month)
              JOIN bench_accounts a ON a.n = b.giver AND a.kind = 'allowance' AND a.month = b.month) gifts
        JOIN bench_people p ON p.n = gifts.giver, bench_codes ORDER BY at;
    CREATE TABLE bench_kudos AS
        SELECT id, regexp_replace(story, '.* ', '')::bigint AS g, at FROM programs_kudos;
    CREATE UNIQUE INDEX ON bench_kudos (g);
    INSERT INTO programs_kudosreceiver (kudos_id, giver_id, receiver_id, unit_id)
        SELECT k.id, a.id, b.id, b.unit_id FROM bench_kudos k JOIN bench_gifts USING (g)
        JOIN bench_people a ON a.n = giver JOIN bench_people b ON b.n = receiver ORDER BY k.id;
"""
LEDGER = """
    INSERT INTO programs_ledgerentry (source_id, target_id, amount, at, reason)
        SELECT {issuer}, a.id, {allowance}, m.first, 'monthly allowance'
        FROM bench_accounts a JOIN bench_months m USING (month) WHERE kind = 'allowance';
    INSERT INTO programs_ledgerentry (source_id, target_id, amount, at, reason, kudos_id)
        SELECT a.id, b.id, points, k.at, 'kudos', k.id FROM bench_kudos k JOIN bench_gifts USING (g)
        JOIN bench_accounts a ON a.n = giver AND a.kind = 'allowance' AND a.month = bench_gifts.month
        JOIN bench_accounts b ON b.n = giver AND b.kind = 'pending' ORDER BY k.id;
    INSERT INTO programs_ledgerentry (source_id, target_id, amount, at, reason, kudos_id)
        SELECT a.id, b.id, points, k.at + interval '16 minutes', 'arrived', k.id
        FROM bench_kudos k JOIN bench_gifts USING (g)
        JOIN bench_accounts a ON a.n = giver AND a.kind = 'pending'
        JOIN bench_accounts b ON b.n = receiver AND b.kind = 'personal' ORDER BY k.id;
    INSERT INTO programs_ledgerentry (source_id, target_id, amount, at, reason)
        SELECT a.id, {expired}, {allowance} - coalesce(s.spent, 0), m.last + interval '3 days', 'allowance lapsed'
        FROM bench_accounts a JOIN bench_months m USING (month)
        LEFT JOIN (SELECT source_id, sum(amount) AS spent FROM programs_ledgerentry WHERE reason = 'kudos' GROUP BY 1) s
            ON s.source_id = a.id
        WHERE kind = 'allowance' AND m.last < now() - interval '3 days' AND coalesce(s.spent, 0) < {allowance};
    INSERT INTO programs_lot (account_id, employee_id, entry_id, amount, remaining, earned_on, expires_on)
        SELECT e.target_id, a.employee_id, e.id, e.amount, e.amount, e.at::date, (e.at + interval '24 months')::date
        FROM programs_ledgerentry e JOIN programs_account a ON a.id = e.target_id WHERE e.reason = 'arrived'
        ORDER BY e.id;
    UPDATE programs_account a SET balance = m.total FROM (
        SELECT account, sum(change) AS total FROM (
            SELECT target_id AS account, amount AS change FROM programs_ledgerentry
            UNION ALL SELECT source_id, -amount FROM programs_ledgerentry) sides GROUP BY 1
    ) m WHERE m.account = a.id AND a.employee_id IS NOT NULL AND m.total <> 0;
    DROP TABLE bench_gifts, bench_accounts, bench_kudos, bench_months, bench_codes;
"""


def make_year(size: int, today: dt.date) -> int:
    """About ``size`` rows of the ledger in the twelve months before this one; returns how many people there are."""
    load_catalogue()
    people = max(400, size // ROWS_EACH)
    each = max(1, (size // people - 2 * MONTHS) // 2)
    accounts = posting.lock(ISSUER, EXPIRED, SPENT)
    told = {
        "people": people, "team": TEAM, "months": MONTHS, "each": each, "rings": RINGS, "allowance": ALLOWANCE,
        "issuer": accounts[ISSUER].pk, "expired": accounts[EXPIRED].pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("CREATE TABLE bench_months (month int, first date, last date)")
        for month in range(MONTHS):
            first = today.replace(day=1) - relativedelta(months=MONTHS - month)
            last = first + relativedelta(months=1) - dt.timedelta(days=1)
            cursor.execute("INSERT INTO bench_months VALUES (%s, %s, %s)", [month, first, last])
        attitudes = Behaviour.objects.active().filter(kind=Behaviour.Kind.ATTITUDE)
        codes = [list(attitudes.values_list("pk", flat=True)), list(Requirement.objects.values_list("pk", flat=True))]
        cursor.execute(
            "CREATE TABLE bench_codes AS SELECT %s::bigint[] AS behaviours, %s::bigint[] AS requirements", codes
        )
        for part in (PEOPLE, GIFTS, ACCOUNTS, LEDGER):
            for statement in part.format(**told).split(";"):
                if statement.strip():
                    cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    return people
