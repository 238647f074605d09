"""A pytest plugin, loaded before pytest-django reads the settings: real PostgreSQL and Redis for the run.

``DATABASE_URL`` / ``BROKER_URL`` that are set are used; else embedded ones start in a temporary folder. Workers of
pytest-xdist inherit the environment of the one that started them; each takes its own Redis database.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from config import embedded
from tests import template


def _begin() -> None:
    folder = Path(tempfile.mkdtemp(prefix="trivium-test-")).resolve()
    # The servers may run as another user (PostgreSQL refuses root).
    folder.chmod(0o711)
    os.environ["DATA_DIR"] = str(folder)
    os.environ.setdefault("SECRET_KEY", "only-for-tests-" * 5)
    os.environ["TRIVIUM_TEST_FOLDER"] = str(folder)
    owner = os.getpid()
    services = None
    if not (os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL")):
        if not os.environ.get("DATABASE_URL"):
            template.lay(folder)
        services = embedded.Embedded(folder, fast=True)
        services.start()
        os.environ.setdefault("DATABASE_URL", embedded.database_url(folder))
        os.environ.setdefault("BROKER_URL", embedded.broker_url(folder))

    def end() -> None:
        if os.getpid() == owner:
            if services:
                services.stop()
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)


def _own_redis_database() -> None:
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) + 1
    url = os.environ["BROKER_URL"].split("?")[0]
    if url.startswith("redis+socket://"):
        os.environ["BROKER_URL"] = f"{url}?virtual_host={number}"
    folder = Path(os.environ["TRIVIUM_TEST_FOLDER"]) / f"worker{number}"
    folder.mkdir(exist_ok=True)
    os.environ["DATA_DIR"] = str(folder)


# Playwright's synchronous API runs an event loop in the test's thread.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["DEMO"] = "yes"
os.environ.pop("EMAIL_URL", None)
if "PYTEST_XDIST_WORKER" in os.environ:
    _own_redis_database()
else:
    _begin()
