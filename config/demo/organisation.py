"""The people of Meridian, through the product's own import."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import random
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from config.demo import story
from config.demo.story import PLACES, Place
from culture.access.models import Grant, Role
from culture.people.importing import apply, plan
from culture.people.models import Employee, Unit
from culture.people.tables import read_file
from surveys.waves import links

PASSWORD = "trivium"
TOP = "Meridian"
MIDDLE = (story.SOUTH, story.NORTH, story.EAST)
DIVISIONS = ("Retail", story.CARE, story.LOGISTICS, story.SERVICES)
BOARD = ("Finance director", "Legal secretary", "Assistant", "Assistant", "Strategy lead", "Press officer", "Analyst")
HEADINGS = """
employee_number given_name family_name email unit_path manager_number job_family job_title site language hired_on
left_on kind customer_facing
"""
COLUMNS = HEADINGS.split()


@dataclass(frozen=True)
class Personas:
    hr: Employee
    manager: Employee
    employee: Employee
    executive: Employee


class _Staff:
    """Collects the rows of the export, numbering them as they come."""

    def __init__(self, rng: random.Random, start: dt.date) -> None:
        self.rng, self.start = rng, start
        self.rows: list[dict[str, str]] = []

    def add(self, unit: str, manager: str, family: str, title: str, place: Place | None = None, **fields: str) -> str:
        language = place.language if place else "en"
        number = f"{len(self.rows) + 1:05d}"
        hired = self.start - dt.timedelta(days=self.rng.randint(60, 4000))
        mail = f"p{number}@meridian.example" if self.rng.random() < 0.85 else ""
        row = {
            "employee_number": number,
            "given_name": self.rng.choice(story.GIVEN[language].split()),
            "family_name": self.rng.choice(story.FAMILY[language].split()).replace("_", " "),
            "email": mail,
            "unit_path": f"{TOP} > {unit}" if unit else TOP,
            "manager_number": manager,
            "job_family": family,
            "job_title": title,
            "site": place.site if place else "Milan",
            "language": language,
            "hired_on": hired.isoformat(),
            "left_on": "",
            "kind": "employee",
            "customer_facing": "yes" if place and place.facing else "no",
        }
        self.rows.append({**row, **fields})
        return number


def load(*, employees: int, rng: random.Random, start: dt.date) -> Personas:
    """Import about ``employees`` people (never fewer than the tree needs), give the four personas their roles."""
    staff = _Staff(rng, start)
    executive = staff.add(
        "", "", "Management", "Chief executive", given_name="Irene", family_name="Dogaru", email=_mail("executive")
    )
    for title in BOARD:
        staff.add("", executive, "Management", title)
    heads = {
        name: staff.add(name, executive, "Management", f"Director {name}", email=_mail_of(name)) for name in DIVISIONS
    }
    heads |= {
        name: staff.add(name, heads["Retail"], "Management", f"Head of {name.rpartition(' > ')[2]}") for name in MIDDLE
    }
    for place, size in _sizes(employees - len(staff.rows)):
        _team(staff, place, size, heads[place.path.rpartition(" > ")[0]])
    _import(staff.rows, start)
    return _roles(start)


def _sizes(people: int) -> list[tuple[Place, int]]:
    """How many work in each place; at least a lead and two others."""
    people -= sum(place.exactly for place in PLACES)
    total = sum(place.weight for place in PLACES)
    return [(place, place.exactly or max(3, round(people * place.weight / total))) for place in PLACES]


def _team(staff: _Staff, place: Place, size: int, boss: str) -> None:
    unit = place.path.rpartition(" > ")[2]
    known = {"Branch Naples": "manager", "People": "hr"}.get(unit)
    names = {"manager": ("Marco", "Esposito"), "hr": ("Hanna", "Novak")}
    fields = {"email": _mail(known), "given_name": names[known][0], "family_name": names[known][1]} if known else {}
    # Whoever looks round as a persona reads English first; the menu changes it.
    fields |= {"language": "en"} if known else {}
    lead = staff.add(place.path, boss, "Management", f"Team lead {unit}", place, **fields)
    for n in range(size - 1):
        employee = unit == "Branch Naples" and n == 0
        fields = {"email": _mail("employee"), "given_name": "Giulia", "family_name": "Russo"} if employee else {}
        fields |= {"language": "en"} if employee else {}
        staff.add(place.path, lead, place.path.partition(" > ")[0], place.job, place, **fields)


def _mail(name: str) -> str:
    return f"{name}@meridian.example"


def _mail_of(division: str) -> str:
    return _mail(f"director.{division.lower().replace(' ', '.')}")


def _import(rows: list[dict[str, str]], start: dt.date) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    raw = text.getvalue().encode()
    planned = plan(read_file(io.BytesIO(raw), "meridian.csv"), today=start)
    if planned.rejects:
        raise RuntimeError(f"The demo's own file is refused: {planned.rejects[0]}")
    apply(planned, by=None, file_name="meridian.csv", sha256=hashlib.sha256(raw).hexdigest())


def _roles(start: dt.date) -> Personas:
    names = ("hr", "manager", "employee", "executive")
    people = {name: Employee.objects.get(email=_mail(name)) for name in names}
    # One hash for all: Argon2 is slow on purpose.
    Employee.objects.filter(pk__in=[one.pk for one in people.values()]).update(password=make_password(PASSWORD))
    Employee.objects.filter(pk=people["hr"].pk).update(is_staff=True)
    Grant.objects.create(employee=people["hr"], role=Role.HR_ADMIN, since=start)
    Grant.objects.create(employee=people["executive"], role=Role.EXECUTIVE, since=start)
    return Personas(**people)


def units() -> dict[str, Unit]:
    """The units by their path below Meridian ('' is Meridian itself)."""
    return {unit.path.removeprefix(TOP).removeprefix(" > "): unit for unit in Unit.objects.all()}


def link(by: Employee) -> None:
    """Who uses whose service."""
    known = units()
    for customer, providers in story.LINKS:
        for provider in providers:
            links.add(by=by, customer=known[customer], provider=known[provider], kind="Service")
