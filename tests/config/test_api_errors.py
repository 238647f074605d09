"""The API denies by default and has one shape of error."""

import pytest
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import Http404
from django.test import Client
from rest_framework import exceptions

from config.api import one_error_shape


def shape(error: Exception) -> tuple[int, dict]:
    response = one_error_shape(error, {})
    assert response is not None
    return response.status_code, response.data["error"]


def test_one_shape() -> None:
    assert shape(Http404())[0] == 404
    status, error = shape(exceptions.ValidationError({"name": ["Too long."]}))
    assert (status, error["code"], error["fields"]) == (400, "invalid", {"name": ["Too long."]})
    status, error = shape(DjangoValidationError({"ends_on": ["Ends before it starts."]}))
    assert (status, error["fields"]) == (400, {"ends_on": ["Ends before it starts."]})
    assert shape(exceptions.NotAuthenticated())[1]["code"] == "not_authenticated"
    assert one_error_shape(RuntimeError(), {}) is None


@pytest.mark.django_db
def test_nobody_reads_without_account() -> None:
    for address in ("/api/v1/", "/api/v1/schema/", "/api/v1/docs/", "/api/v1/programs/"):
        answer = Client().get(address)
        assert answer.status_code in {401, 403}, address
        if address not in {"/api/v1/schema/", "/api/v1/docs/"}:  # answer in YAML and HTML
            assert set(answer.json()["error"]) == {"code", "message", "fields"}


@pytest.mark.django_db
def test_schema_and_docs(employee, client_of) -> None:  # type: ignore[no-untyped-def]
    client: Client = client_of(employee)
    assert client.get("/api/v1/schema/").status_code == 200
    assert client.get("/api/v1/docs/").status_code == 200
