"""Answers have no API: they are given on the answering pages and read by nobody."""

from __future__ import annotations

from typing import Any

routes: list[tuple[str, Any]] = []
