"""Countries: their names in the reader's language, and in which one a site of the organisation lies."""

from __future__ import annotations

import functools
import importlib.resources
import unicodedata
from collections import Counter
from collections.abc import Mapping

from babel import Locale, UnknownLocaleError
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from culture.access import audit
from culture.people.models import Employee
from programs.recognition.reward_models import SiteCountry


def names() -> dict[str, str]:
    """Two letters → the country's name in the reader's language, in that language's order."""
    return _names(translation.get_language() or "en")


@functools.lru_cache(maxsize=16)
def _names(language: str) -> dict[str, str]:
    """Names of the Unicode CLDR (Babel), of the countries the tz database knows; English where it has none."""
    told = _locale(language).territories
    found = {code: str(told.get(code) or name) for code, name in _table("iso3166.tab")}
    if language.startswith(("zh", "ja", "ko")):
        return dict(sorted(found.items()))  # by the code beside it: these scripts have no order of letters
    return dict(sorted(found.items(), key=lambda pair: _sorting(pair[1])))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _sorting(name: str) -> str:
    """Without accents, so that the Åland Islands do not come after Zimbabwe."""
    return "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one)).casefold()


def name(code: str) -> str:
    return names().get(code, code)


def choices() -> list[tuple[str, str]]:
    return [(code, f"{name} ({code})") for code, name in names().items()]


def _table(name: str) -> list[tuple[str, ...]]:
    text = (importlib.resources.files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#")]


@functools.cache
def _zones() -> dict[str, str]:
    return {row[2]: row[0] for row in _table("zone.tab")}


def of_site(site: str) -> str:
    """Two letters; '' while nobody has said."""
    return SiteCountry.objects.filter(site=site).values_list("country", flat=True).first() or "" if site else ""


def of_sites() -> dict[str, str]:
    return dict(SiteCountry.objects.values_list("site", "country"))


def sites() -> list[tuple[str, int, str, str]]:
    """(site, people, country or '', what their time zones suggest), the largest first. Two queries."""
    people = Employee.objects.here(timezone.localdate()).exclude(site="").order_by()
    zones: dict[str, Counter[str]] = {}
    for site, zone in people.values_list("site", "time_zone"):
        zones.setdefault(site, Counter())[_zones().get(zone, "")] += 1
    known = of_sites()
    order = sorted(zones, key=lambda site: (-zones[site].total(), site))
    return [(site, zones[site].total(), known.get(site, ""), zones[site].most_common(1)[0][0]) for site in order]


@transaction.atomic
def place(*, wanted: Mapping[str, str], by: Employee) -> int:
    """Say in which country sites lie ('' forgets it); returns how many changed. ValidationError names the site."""
    before = of_sites()
    changed = {site: code for site, code in wanted.items() if before.get(site, "") != code}
    for site, code in changed.items():
        if code and code not in names():
            raise ValidationError(_("“%(site)s”: choose a country of the list.") % {"site": site})
        if code:
            SiteCountry.objects.update_or_create(site=site[:120], defaults={"country": code})
        else:
            SiteCountry.objects.filter(site=site).delete()
    if changed:
        audit.record(by, "reward.countries", "rewards", sites=len(changed))
    return len(changed)
