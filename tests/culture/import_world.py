"""How the tests of the import send, confirm and count; and a small part of the big files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from culture.people.models import Employee, Membership, Reporting

DATA = Path(__file__).resolve().parents[1] / "data" / "people"
ClientOf = Callable[[Employee | None], Client]
HEAD = "number,given_name,family_name,email,unit,manager,hired_on,left_on\n"


def upload(client: Client, content: bytes, name: str = "people.csv", **more):
    return client.post("/people/import/", {"file": SimpleUploadedFile(name, content), **more})


def preview(client: Client, content: bytes, name: str = "people.csv", **more) -> str:
    answer = upload(client, content, name, **more)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer["Location"]


def text(rows: str, head: str = HEAD) -> bytes:
    return (head + rows).encode()


def confirm(client: Client, address: str, **more):
    page = client.get(address).content.decode()
    found = re.search(r'name="fingerprint" value="([^"]+)"', page)
    assert found, "The preview offers no confirmation"
    return client.post(address + "confirm/", {"fingerprint": found[1]}, **more)


def numbers(page: str) -> dict[str, int]:
    found = re.findall(r'show=(\w+)#rows"[^>]*><span class="muted">[^<]*</span><span class="big-number">(\d+)<', page)
    return {kind: int(number) for kind, number in found}


HANDED_ROUND = ("001655", "001669", "001825", "001588", "001535", "001538")


def part(name: str, people: int = 60) -> bytes:
    """The first ``people`` of a file, and those whose numbers were handed round: what the whole shows, in less time."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for at, row in enumerate(rows) if at < people or row["employee_number"] in HANDED_ROUND]
    here = {row["employee_number"] for row in kept}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    for row in kept:
        writer.writerow(row | {"manager_number": row["manager_number"] if row["manager_number"] in here else ""})
    return out.getvalue().encode()


def everybody() -> list:
    return [
        list(Employee.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        list(Reporting.objects.order_by("pk").values()),
    ]
