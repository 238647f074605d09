"""Every address and API action × every persona, with real requests. One that is not in who_may.py fails."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.template import Template
from django.test import Client
from django.urls import reverse

from culture.access.table import TABLE, Permission, Persona
from tests.guards import who_may
from tests.guards.addresses import Address, every
from tests.guards.world import ANONYMOUS, PERSONAS, World, build

COLUMNS = {
    "manager": Persona.MANAGER,
    "executive": Persona.EXECUTIVE,
    "hr": Persona.HR_ADMIN,
    "unit_hr": Persona.UNIT_HR,
    "trainer": Persona.TRAINER,
    "lead": Persona.PROGRAM_LEAD,
    "auditor": Persona.AUDITOR,
    "moderator": Persona.MODERATOR,
}


def by_the_table(permission: str) -> list[str]:
    """The personas who hold ``permission`` somewhere."""
    if Permission(permission) in TABLE[Persona.EMPLOYEE]:
        return [name for name in PERSONAS if name != ANONYMOUS]
    return [name for name in PERSONAS if name in COLUMNS and Permission(permission) in TABLE[COLUMNS[name]]]


def line_for(address: Address) -> str:
    """The line to add, as far as the view's permission tells."""
    known = [need for need in address.needs if need in set(Permission)]
    if known:
        allowed = by_the_table(known[0])
        who = "SIGNED_IN" if len(allowed) == len(PERSONAS) - 1 else repr(" ".join(allowed)).replace("'", '"')
        return f'    "{address.name}": {who},'
    if address.is_api:
        return f'    "{address.name}": ???,  # names no permission of the table: {address.needs}'
    login = getattr(address.view, "login_required", True)
    who = "SIGNED_IN,  # names no permission: is it his own things only?" if login else "ANYBODY,  # why?"
    return f'    "{address.name}": {who}'


def test_every_address_is_in_the_table() -> None:
    missing = [line_for(address) for address in every() if address.name not in who_may.WHO]
    assert not missing, "Add to WHO in tests/guards/who_may_*.py, after thinking who may:\n" + "\n".join(missing)


def test_the_table_names_no_address_that_is_gone() -> None:
    gone = set(who_may.WHO) - {address.name for address in every()} - who_may.SOMETIMES
    assert not gone, f"Remove from tests/guards/who_may*.py: {sorted(gone)}"


def test_every_address_with_arguments_can_be_asked() -> None:
    missing = [
        f'    "{address.name}": lambda w: [...],  # {address.route}'
        for address in every()
        if "<" in address.route or "(?P" in address.route
        if address.name not in who_may.ARGUMENTS and address.name not in who_may.UNASKED
    ]
    assert not missing, "Add to ARGUMENTS in tests/guards/who_may.py:\n" + "\n".join(missing)


def test_the_lines_of_the_table_agree_with_the_permission_of_the_view() -> None:
    """Nobody is listed who does not hold what the view asks for; who holds it and is left out has a reason beside."""
    wrong = []
    for address in every():
        allowed = who_may.WHO.get(address.name, frozenset())
        for need in address.needs:
            if need in set(Permission) and address.name not in who_may.WIDER and not allowed <= set(by_the_table(need)):
                wrong.append((address.name, sorted(allowed - set(by_the_table(need)))))
    assert wrong == []


@pytest.fixture
def world(db: None) -> World:
    return build()


def test_the_door_is_open_or_shut_as_the_table_says(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pages are drawn by the tests of the pages; here only their doors are tried, some two thousand times.
    monkeypatch.setattr(Template, "_render", lambda self, context: "")
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    clients = {name: client(world.people[name]) for name in PERSONAS}
    wrong: list[str] = []
    for address in every():
        if address.name in who_may.UNASKED or address.name not in who_may.WHO:
            continue
        arguments = who_may.ARGUMENTS.get(address.name, lambda w: [])(world)
        url = reverse(address.name, args=arguments) if address.name != address.route else f"/{address.route}"
        for name in PERSONAS:
            answer = ask(clients[name], url, who_may.QUERY.get(address.name, ""))
            expected = name in who_may.WHO[address.name]
            if enters(answer) != expected:
                told = "gets in" if enters(answer) else "is refused"
                wrong.append(f"{address.name}: {name} {told} ({answer.status_code} {answer.get('Location', '')})")
    assert not wrong, "\n".join(wrong)


def test_nobody_writes_through_the_api_without_a_classified_action(world: World) -> None:
    """An action that writes is refused to everybody, or stands in who_may.WRITES."""
    clients = {name: client(world.people[name]) for name in PERSONAS}
    wrong = []
    for address in every():
        if not address.is_api or address.name in who_may.UNASKED:
            continue
        url = reverse(address.name, args=who_may.ARGUMENTS.get(address.name, lambda w: [])(world))
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            allowed = who_may.WRITES.get((address.name, method), frozenset())
            nobody = not allowed and write(clients["hr"], method, url).status_code == 405
            for name in () if nobody else PERSONAS:
                answer = write(clients[name], method, url)
                if (answer.status_code not in {401, 403, 404, 405}) != (name in allowed):
                    wrong.append(f'("{address.name}", "{method}"): {name} gets {answer.status_code}')
    assert not wrong, "Classify in WRITES of tests/guards/who_may.py, or refuse:\n" + "\n".join(wrong)


def write(client: Client, method: str, url: str) -> Any:
    """An empty body, sent and taken back."""
    with transaction.atomic():
        answer = client.generic(method, url, data="{}", content_type="application/json")
        transaction.set_rollback(True)
    return answer


def test_a_visitor_without_account_is_sent_to_sign_in_or_refused(world: World) -> None:
    wrong = []
    for address in every():
        if address.name in who_may.UNASKED or ANONYMOUS in who_may.WHO.get(address.name, {ANONYMOUS}):
            continue
        arguments = who_may.ARGUMENTS.get(address.name, lambda w: [])(world)
        answer = ask(Client(), reverse(address.name, args=arguments), "")
        if answer.status_code == 302 and "/login/" not in answer["Location"] or answer.status_code == 200:
            wrong.append((address.name, answer.status_code))
    assert wrong == []


def client(person: Any) -> Client:
    made = Client()
    if person is not None:
        made.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def ask(client: Client, url: str, query: str) -> HttpResponse:
    """GET; POST where a page takes nothing else. What it writes is taken back."""
    with transaction.atomic():
        answer = client.get(f"{url}{query}")
        if answer.status_code == 405:
            answer = client.post(url)
        transaction.set_rollback(True)
    return answer  # type: ignore[return-value]


def enters(answer: HttpResponse) -> bool:
    """Whether the persona got past the door: neither refused, nor not found, nor sent to sign in."""
    if answer.status_code in {401, 403, 404}:
        return False
    return not (answer.status_code in {301, 302, 303} and "/accounts/login/" in answer["Location"])
