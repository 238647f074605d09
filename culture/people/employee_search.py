"""The first of those a search finds, in the reader's order, fast among a hundred thousand."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from culture.people import names

SHORT = 2  # letters; what so few begin is a good part of everybody
PROBED = 600  # people along the names by whom one tells how many fit
DENSE = 0.15  # so many of them, and the first are found sooner along the names than by gathering all
STEPS = 10  # people looked at along the names for each that is wanted, before all are gathered after all

# The planner takes the words of everybody for equally common. Told to search and to sort at once, it walks along the
# names and makes the words of each anew, for a rare name through all of them. So it is told one thing at a time.
AT_ONCE = "WITH found (id, name) AS MATERIALIZED ({found}) SELECT id FROM found ORDER BY name, id LIMIT %s"
# Of a letter that many have, the first are near along the names; only when they are not, everybody's are gathered.
FITS = "array_to_tsvector(string_to_array(search, ' ')) @@ %s::tsquery"
ALONG_FIRST = f"""
WITH probe (id, name, search) AS ({{probe}}),
dense AS MATERIALIZED (SELECT count(*) FILTER (WHERE {FITS}) >= {DENSE} * count(*) AS so FROM probe),
walked (id, name, search) AS ({{walk}}),
near AS MATERIALIZED (
    SELECT id, name FROM walked WHERE (SELECT so FROM dense) AND {FITS} ORDER BY name, id LIMIT %s
),
enough AS MATERIALIZED (SELECT count(*) >= %s AS so FROM near),
found (id, name) AS MATERIALIZED ({{found}})
SELECT id FROM (
    SELECT id, name FROM near WHERE (SELECT so FROM enough)
    UNION ALL
    SELECT id, name FROM found WHERE NOT (SELECT so FROM enough)
) AS either ORDER BY name, id LIMIT %s"""


def first(people: Any, *, search: str, language: str | None, most: int) -> list[int]:
    """Ids of at most ``most`` of ``people`` (a queryset of employees) that fit ``search``, by family name. One query.

    Without a search the first of all; none for a search in which there is no letter or digit.
    """
    if not search.strip():
        return list(people.in_order(language).values_list("pk", flat=True)[:most])
    wanted, column = names.query(search), names.sort_column(language)
    if not wanted:
        return []
    try:
        found, words = people.found_by(search).order_by().values_list("pk", column).query.sql_with_params()
        probe, sample = _walk(people, language, column, PROBED)
        walk, places = _walk(people, language, column, STEPS * most)
    except EmptyResultSet:
        return []
    if max(map(len, names.words(search))) > SHORT:
        return _ids(AT_ONCE.format(found=found), (*words, most))
    told = (*sample, wanted, *places, wanted, most, most, *words, most)
    return _ids(ALONG_FIRST.format(probe=probe, walk=walk, found=found), told)


def _walk(people: Any, language: str | None, column: str, most: int) -> Any:
    walk = people.in_order(language).values_list("pk", column, "search")[:most]
    return walk.query.sql_with_params()


def _ids(statement: str, params: tuple[Any, ...]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [pk for (pk,) in cursor.fetchall()]
