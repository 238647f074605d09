"""What is set around the code keeps the promise, and what does not is found and told in a line."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django.test import Client

from config import confidentiality
from config.apps import check_confidentiality
from config.confidentiality import ERROR, RULES, Finding, judge
from config.embedded import POSTGRES_SETTINGS
from config.logs import Redacted
from config.management.commands.up import processes
from surveys.waves import keys

GOOD = {
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_duration": "off",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_lock_waits": "off",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
    "track_commit_timestamp": "off",
    "shared_preload_libraries": "",
    "session_preload_libraries": "",
    "local_preload_libraries": "",
}


def names(found) -> set[str]:
    return {one.name for one in found}


def of(name: str) -> list[Finding]:
    return [one for one in confidentiality.findings() if one.name == name]


# -- PostgreSQL ------------------------------------------------------------------------------------------------------


def test_good_settings_give_no_finding() -> None:
    assert list(judge(GOOD)) == []


@pytest.mark.parametrize(
    ("name", "value", "level"),
    [
        ("log_statement", "all", "error"),
        ("log_statement", "mod", "error"),
        ("log_min_duration_statement", "0", "error"),
        ("log_min_duration_sample", "100", "error"),
        ("log_transaction_sample_rate", "0.1", "error"),
        ("log_min_error_statement", "error", "error"),
        ("log_error_verbosity", "default", "error"),
        ("log_parameter_max_length", "-1", "warning"),
        ("log_parameter_max_length_on_error", "-1", "error"),
        ("log_duration", "on", "warning"),
        ("log_lock_waits", "on", "warning"),
        ("track_commit_timestamp", "on", "error"),
        ("debug_print_plan", "on", "error"),
        ("auto_explain.log_min_duration", "0", "error"),
        ("pgaudit.log", "write", "error"),
        ("pg_stat_statements.track", "top", "warning"),
        ("pg_stat_monitor.pgsm_query_max_len", "2048", "error"),
        ("shared_preload_libraries", "pg_stat_statements", "warning"),
        ("session_preload_libraries", "auto_explain", "warning"),
    ],
)
def test_each_loose_setting_is_found(name: str, value: str, level: str) -> None:
    (found,) = judge({**GOOD, name: value})
    assert found.level == level
    assert name.split(".")[0] in found.name or value in found.name
    assert found.change and found.problem and "\n" not in str(found)


def test_what_this_role_may_not_see_is_told() -> None:
    (found,) = judge({name: value for name, value in GOOD.items() if name != "log_statement"})
    assert found.level == "warning" and "pg_read_all_settings" in found.change


def test_the_embedded_cluster_is_set_well() -> None:
    defaults = {**GOOD, **{name: POSTGRES_SETTINGS[name] for name in GOOD if name in POSTGRES_SETTINGS}}
    assert list(judge(defaults)) == []
    server_defaults = {"log_statement", "log_min_duration_statement", "log_min_error_statement", "log_error_verbosity"}
    assert server_defaults <= set(POSTGRES_SETTINGS) & set(RULES), "what PostgreSQL's own defaults would give away"


def test_compose_and_documentation_set_what_is_looked_at(settings) -> None:
    compose = (Path(settings.BASE_DIR) / "compose.yaml").read_text()
    for name in ("log_statement=none", "log_min_error_statement=panic", "log_error_verbosity=terse"):
        assert f"-c {name}" in compose


@pytest.mark.django_db
def test_the_settings_of_the_connected_server_are_read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET log_statement = 'all'")
        cursor.execute("SET log_error_verbosity = 'default'")
    assert {"postgresql log_statement", "postgresql log_error_verbosity"} <= names(confidentiality.findings())
    with connection.cursor() as cursor:
        cursor.execute("SET log_statement = 'none'")
        cursor.execute("SET log_error_verbosity = 'terse'")
    assert not {"postgresql log_statement", "postgresql log_error_verbosity"} & names(confidentiality.findings())


@pytest.mark.django_db(transaction=True)
def test_client_side_binding_is_found_by_trying() -> None:
    assert of("server-side binding") == []
    options = connection.settings_dict["OPTIONS"]
    connection.close()
    try:
        connection.settings_dict["OPTIONS"] = {**options, "server_side_binding": False}
        (found,) = of("server-side binding")
        assert found.is_error
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"] = options


# -- logs ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_handler_that_would_write_links_is_found() -> None:
    logger = logging.getLogger("django.request")
    loud = logging.StreamHandler(io.StringIO())
    assert of("log django.request") == []
    logger.addHandler(loud)
    try:
        (found,) = of("log django.request")
        assert found.is_error and "WithoutAddress" in found.change
    finally:
        logger.removeHandler(loud)


def test_the_development_servers_lines_say_no_link() -> None:
    record = logging.LogRecord("x", 20, "", 1, '"GET %s HTTP/1.1" 200', ("/s/AbC-_9/3/?open",), None)
    assert Redacted("%(message)s").format(record) == '"GET /s/…?open HTTP/1.1" 200'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("variable", "value"),
    [("GRANIAN_LOG_ACCESS_ENABLED", "true"), ("GUNICORN_CMD_ARGS", "--workers 2 --access-logfile -")],
)
def test_an_access_log_is_found(monkeypatch, variable: str, value: str) -> None:
    assert of("access log") == []
    monkeypatch.setenv(variable, value)
    (found,) = of("access log")
    assert found.is_error and "/s/" in found.change


@pytest.mark.django_db
def test_the_flags_of_the_server_are_read(monkeypatch) -> None:
    assert "--no-access-log" in processes("127.0.0.1", 8000)["web"]
    monkeypatch.setattr(confidentiality, "_command_lines", lambda: iter([["granian", "--access-log", "config.wsgi"]]))
    assert len(of("access log")) == 1
    monkeypatch.setattr(confidentiality, "_command_lines", lambda: iter([["granian", "--no-access-log"]]))
    assert of("access log") == []


@pytest.mark.django_db
def test_debug_is_found(settings) -> None:
    settings.DEBUG = True
    assert [one.level for one in of("DEBUG")] == [ERROR]


# -- keys ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_rights_of_the_keys(settings) -> None:
    keys.create(1)
    folder, file = settings.KEYS_DIR, settings.KEYS_DIR / "wave-1.json"
    assert of("keys") == []
    file.chmod(0o640)
    assert [one.change for one in of("keys")] == [f"Run: chmod 600 {file}."]
    file.chmod(0o600)
    folder.chmod(0o755)
    assert [one.change for one in of("keys")] == [f"Run: chmod 700 {folder}."]
    folder.chmod(0o700)
    file.rename(folder.parent / "elsewhere")
    file.symlink_to(folder.parent / "elsewhere")
    assert "is a link to another place" in of("keys")[0].problem


@pytest.mark.django_db
def test_keys_that_are_served_are_found(settings) -> None:
    settings.MEDIA_ROOT = settings.KEYS_DIR.parent
    keys.create(1)
    assert any("which is served" in one.problem for one in of("keys"))


@pytest.mark.django_db
def test_a_copy_of_the_database_beside_keys_is_found(settings, tmp_path) -> None:
    keys.create(1)
    assert of("keys and backups") == []
    (settings.KEYS_DIR / "monday.dump").write_bytes(b"PGDMP\x01")
    assert "monday.dump is a copy of the database" in of("keys and backups")[0].problem
    (settings.KEYS_DIR / "monday.dump").unlink()
    backups = tmp_path / "backups"
    (backups / "keys").mkdir(parents=True)
    settings.DATABASE_BACKUP_DIR = str(backups)
    assert of("keys and backups") == []
    (backups / "keys" / "wave-1.json").write_text("{}")
    assert "is a key beside copies" in of("keys and backups")[0].problem
    settings.KEYS_BACKUP_DIR = str(backups / "keys")
    told = " ".join(one.problem for one in of("keys and backups"))
    assert "are one place" in told and "of waves that are over" in told


@pytest.mark.django_db
def test_keys_in_the_clusters_own_folder_are_an_error_for_real_only(settings, tmp_path) -> None:
    settings.KEYS_DIR = tmp_path / "data" / "keys"
    (tmp_path / "data" / "postgres").mkdir(parents=True)
    (tmp_path / "data" / "postgres" / "PG_VERSION").write_text("18")
    keys.create(1)
    assert of("keys and backups") == [], "the demo keeps everything in one folder"
    settings.DEMO = False
    assert "lie in one folder" in of("keys and backups")[0].problem


# -- where it is told ------------------------------------------------------------------------------------------------


@pytest.fixture
def bad(monkeypatch) -> list[Finding]:
    found = [Finding(ERROR, "log_statement", "it is all", "Set it to none."), Finding("warning", "x", "is so", "Do.")]
    monkeypatch.setattr(confidentiality, "findings", lambda **more: found)
    return found


def test_the_command_tells_a_line_each_and_fails(bad, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("check_confidentiality")
    assert ended.value.code == 1
    assert capsys.readouterr().out.splitlines() == [
        "ERROR   log_statement: it is all. Set it to none.",
        "WARNING x: is so. Do.",
    ]


def test_the_command_as_json(bad, capsys) -> None:
    with pytest.raises(SystemExit):
        call_command("check_confidentiality", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False and told["findings"][0] == bad[0].as_dict()


def test_warnings_alone_do_not_fail(bad, capsys) -> None:
    del bad[0]
    call_command("check_confidentiality")
    assert "WARNING x" in capsys.readouterr().out


@pytest.mark.django_db
def test_nothing_found_is_said(capsys, monkeypatch) -> None:
    monkeypatch.setattr(confidentiality, "_postgres", lambda: iter(()))
    call_command("check_confidentiality")
    assert "Nothing found" in capsys.readouterr().out


def test_a_database_that_is_away(monkeypatch, capsys) -> None:
    def away(**more):
        raise confidentiality.DatabaseError

    monkeypatch.setattr(confidentiality, "findings", away)
    from django.core.management import CommandError

    with pytest.raises(CommandError) as error:
        call_command("check_confidentiality")
    assert error.value.returncode == 2
    (told,) = check_confidentiality()
    assert told.level == checks.INFO


def test_check_deploy_tells_it(bad) -> None:
    told = check_confidentiality()
    assert [one.id for one in told] == ["trivium.E001", "trivium.W001"]
    assert check_confidentiality in checks.registry.registry.deployment_checks


@pytest.mark.django_db
def test_readyz_names_it_and_no_more(bad) -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    told = answer.json()["confidentiality"]
    assert told == {"ok": False, "findings": ["log_statement", "x"], "run": "manage.py check_confidentiality"}


@pytest.mark.django_db
def test_this_very_installation_keeps_the_promise() -> None:
    """The server the tests run on, as `make test` starts it; PGOPTIONS sets a looser one right."""
    assert [str(one) for one in confidentiality.findings() if one.is_error] == []
