"""What every test may ask for: people, clients, a real worker, an SMTP sink, a browser."""

from __future__ import annotations

import datetime as dt
import email.message
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default as mail_policy
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.contrib.auth.hashers import make_password
from django.test import Client, TransactionTestCase
from django.utils import timezone, translation
from playwright.sync_api import Error as BrowserError

from config import words
from culture.access import organisation
from culture.access.models import Grant, Role
from culture.people.models import Employee, Membership, Unit
from tests import emptying, template

CHROMIUM = os.environ.get("CHROMIUM") or next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--no-first-run",
]
PASSWORD = "a-long-test-password"


# Two cores and other work beside: neither a slow draw nor a slow example is a finding.
hypothesis.settings.register_profile("trivium", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("trivium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    browsing = [
        item for item in items if item.get_closest_marker("browser") or "browser" in getattr(item, "fixturenames", ())
    ]
    if not CHROMIUM:
        for item in browsing:
            item.add_marker(pytest.mark.skip(reason="Chromium not found"))
    # Two cores, eight processes of Chromium: now and then one stands still for half a minute. What the browser itself
    # did not do is tried once more, and told ("1 rerun", by name); an assertion of ours never is.
    for item in browsing:
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[BrowserError]))
    # Long ones first: none is begun when the other workers have nothing left to do.
    long = {*browsing, *(item for item in items if item.get_closest_marker("slow"))}
    items.sort(key=lambda item: item not in long)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not CHROMIUM:
        terminalreporter.write_line("Browser flows were skipped: no Chromium found (Debian: apt-get install chromium).")


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    words.compile_catalogues()


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _organisation_known() -> Iterator[None]:
    """The organisation's settings are read every few seconds: not in the middle of somebody's counted queries."""
    organisation.remember()
    yield
    organisation.forget()
    # The language of the last page somebody opened stays with the thread.
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The test database is a copy of the migrated template."""
    django_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template.ensure(os.environ["DATABASE_URL"])


@pytest.fixture(scope="session", autouse=True)
def _emptying() -> Iterator[None]:
    """What a transactional test leaves is taken away the short way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: emptying.empty())
        yield


# -- people ----------------------------------------------------------------------------------------------------------


def make_unit(name: str, parent: Unit | None = None) -> Unit:
    path = f"{parent.path} > {name}" if parent else name
    return Unit.objects.get_or_create(path=path, defaults={"name": name, "parent": parent})[0]


def make_person(number: str, unit: Unit, **fields: Any) -> Employee:
    fields = {"given_name": "Person", "family_name": number, "hired_on": dt.date(2020, 1, 1), **fields}
    fields.setdefault("email", f"{number.lower()}@meridian.test")
    person = Employee.objects.create_user(number=number, unit=unit, password=PASSWORD, **fields)
    Membership.objects.create(employee=person, unit=unit, since=dt.date(2020, 1, 1))
    return person


def make_crowd(numbers: list[str], unit: Unit, **fields: Any) -> list[Employee]:
    """As ``make_person`` makes each of them, in two statements."""
    fields = {"given_name": "Person", "hired_on": dt.date(2020, 1, 1), "password": make_password(PASSWORD), **fields}
    crowd = [
        Employee(number=number, unit=unit, family_name=number, email=f"{number.lower()}@meridian.test", **fields)
        for number in numbers
    ]
    for person in crowd:
        person.write_keys()
    Employee.objects.bulk_create(crowd)
    Membership.objects.bulk_create(Membership(employee=one, unit=unit, since=dt.date(2020, 1, 1)) for one in crowd)
    return crowd


@pytest.fixture
def units(db: None) -> dict[str, Unit]:
    """Meridian > Retail > Branch A, Branch B; Meridian > Services."""
    top = make_unit("Meridian")
    retail = make_unit("Retail", top)
    return {
        "Meridian": top,
        "Retail": retail,
        "Branch A": make_unit("Branch A", retail),
        "Branch B": make_unit("Branch B", retail),
        "Services": make_unit("Services", top),
    }


@pytest.fixture
def hr(units: dict[str, Unit]) -> Employee:
    person = make_person("HR1", units["Services"], given_name="Hanna", family_name="Rossi")
    Grant.objects.create(employee=person, role=Role.HR_ADMIN)
    return person


@pytest.fixture
def executive(units: dict[str, Unit]) -> Employee:
    person = make_person("EX1", units["Meridian"], given_name="Elena", family_name="Xu")
    Grant.objects.create(employee=person, role=Role.EXECUTIVE)
    return person


@pytest.fixture
def manager(units: dict[str, Unit]) -> Employee:
    """Manages Branch A: eleven people report to him, so that the branch has twelve."""
    boss = make_person("M1", units["Branch A"], given_name="Marco", family_name="Neri")
    make_crowd([f"A{n}" for n in range(1, 12)], units["Branch A"], manager=boss)
    return boss


@pytest.fixture
def employee(manager: Employee) -> Employee:
    """One of Branch A."""
    return Employee.objects.get(number="A1")


@pytest.fixture
def stranger(units: dict[str, Unit]) -> Employee:
    """An employee of another unit, without any role."""
    return make_person("S1", units["Branch B"], given_name="Sven", family_name="Other")


@pytest.fixture
def client_of() -> Callable[[Employee | None], Client]:
    def make(user: Employee | None = None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            # As after signing in with the password just now; ``reauthenticated`` would be another matter.
            session = client.session
            session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()
        return client

    return make


# -- mail, worker ----------------------------------------------------------------------------------------------------


class Sink:
    """An SMTP server that keeps what it gets. ``refuse(address) -> "4xx …" or None`` may be set."""

    def __init__(self) -> None:
        self.messages: list[email.message.EmailMessage] = []
        self.recipients: list[str] = []
        self.refuse: Callable[[str], str | None] = lambda address: None
        self.delay = 0.0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if answer := self.refuse(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(message_from_bytes(envelope.content, policy=mail_policy))  # type: ignore[arg-type]
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"


@pytest.fixture
def smtp_sink(settings: Any) -> Iterator[Sink]:
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    sink.url = f"smtp://127.0.0.1:{controller.port}"  # type: ignore[attr-defined]
    yield sink
    controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def service_environment(**more: str) -> dict[str, str]:
    """The environment of another process that shall see this test's database, broker and folders."""
    at = django_settings.DATABASES["default"]
    user = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
    url = f"postgresql://{user}@/{at['NAME']}?host={quote(str(at['HOST']), safe='/')}"
    if at.get("PORT"):
        url += f"&port={at['PORT']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "BROKER_URL": django_settings.BROKER_URL,
        "KEYS_DIR": str(django_settings.KEYS_DIR),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **more,
    }


class Worker:
    """A real Celery worker as its own process, on this test's database."""

    def __init__(self, log: Path, **environment: str) -> None:
        self.log, self.environment = log, environment
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker"]
        command += ["--concurrency=2", "--loglevel=INFO"]
        command += ["-Q", "default,mail,reports,sealing", "--without-mingle", "--without-gossip"]
        begun = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                command,
                stdout=out,
                stderr=out,
                cwd=django_settings.BASE_DIR,
                env=service_environment(**self.environment),
                start_new_session=True,
            )
        deadline = time.monotonic() + 40
        while b" ready." not in self.log.read_bytes()[begun:]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The worker did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """kill -9 of the worker and its children."""
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, 9)
            self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture
def worker(transactional_db: None, smtp_sink: Sink, tmp_path: Path) -> Iterator[Worker]:
    from config.celery import app

    app.control.purge()
    one = Worker(tmp_path / "worker.log", EMAIL_URL=smtp_sink.url)  # type: ignore[attr-defined]
    one.start()
    yield one
    one.stop()


# -- browser ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        pytest.skip("Chromium not found")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, live_server: Any) -> Iterator[Any]:
    """A page in a fresh browser context; addresses may be relative to the live server."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1360, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15000)
    yield page
    context.close()


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Any, Employee], None]:
    """``sign_in(page, employee)`` through the sign-in form."""

    def do(page: Any, user: Employee) -> None:
        page.context.clear_cookies()
        page.goto("/accounts/login/")
        page.fill("input[name=login]", user.email or "")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/accounts/login" not in url)

    return do
