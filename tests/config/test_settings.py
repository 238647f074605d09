"""Insecure or unreadable settings stop the start with one line."""

import os
import subprocess
import sys

import pytest

from config.settings import database

GOOD = {"DEMO": "no", "SECRET_KEY": "x" * 60, "BASE_URL": "https://t.example", "EMAIL_URL": "smtp://localhost"}


def start(**environment: str) -> str:
    clean = {k: v for k, v in os.environ.items() if k not in {*GOOD, "DEBUG", "PORT"}}
    done = subprocess.run(
        [sys.executable, "-c", "import config.settings"], env={**clean, **environment}, capture_output=True, text=True
    )
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def test_a_good_production_start() -> None:
    assert start(**GOOD) == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"BASE_URL": "http://t.example"}, "BASE_URL must start with https"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        ({"EMAIL_URL": "http://x"}, "EMAIL_URL must look like"),
        ({"DEBUG": "yes"}, "DEBUG must be off"),
        ({"DEMO": "maybe"}, "DEMO is 'maybe'"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL must look like"),
    ],
)
def test_an_insecure_one_stops(change: dict[str, str], says: str) -> None:
    assert says in start(**{**GOOD, **change})


def test_database_addresses() -> None:
    entry = database("postgresql://me:p%40ss@db.example:5433/trivium")
    assert (entry["HOST"], entry["PORT"], entry["USER"], entry["PASSWORD"]) == ("db.example", "5433", "me", "p@ss")
    assert database("postgresql://postgres@/trivium?host=/tmp/x")["HOST"] == "/tmp/x"
