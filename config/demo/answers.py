"""What the people of Meridian answer: a level per unit and month, a person's own leaning, and chance."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Mapping
from typing import Any

from config.demo import story

Answers = dict[str, Any]


class Teller:
    """Answers for one wave. ``areas``: unit id → its path below Meridian; ``begun``: area → day its cohort starts."""

    def __init__(
        self, *, rng: random.Random, day: dt.date, areas: Mapping[int, str], begun: Mapping[str, dt.date]
    ) -> None:
        self.rng, self.day, self.areas, self.begun = rng, day, areas, begun

    def takes_part(self, unit: int) -> bool:
        """Whether somebody of ``unit`` answers: more where the program runs, fewer in Legal and Logistics."""
        area = self.areas[unit]
        if area in {story.SERVICES, f"{story.SERVICES} > Legal"}:
            return False
        chance = 0.68 if area.startswith(story.LOGISTICS) else 0.78 + 0.1 * self.progress(area)
        return self.rng.random() < chance

    def progress(self, area: str) -> float:
        """0 before the cohort starts, near 1 long after."""
        start = next((day for known, day in self.begun.items() if area.startswith(known)), None)
        months = (self.day - start).days / 30.4 if start else -1.0
        return 1 - math.exp(-months / story.PACE) if months > 0 else 0.0

    def answers(self, items: list[dict[str, Any]], unit: int, providers: list[int]) -> Answers:
        """One person's answers to ``items`` (the snapshot's) about own work and ``providers``."""
        area, leaning = self.areas[unit], self.rng.gauss(0, 0.45)
        levels = self._levels(area)
        own: dict[str, int | None] = {}
        for item in items:
            if item["about"] != "own" or item["kind"] == "comment":
                continue
            if item["kind"] == "outcome":
                own[item["code"]] = self._pick(levels["want"] * 0.4 + levels["can"] * 0.6 + 0.2 + leaning)
            else:
                shift = story.REQUIREMENTS.get(item["code"], 0.0)
                own[item["code"]] = self._pick(levels[item["dimension"]] + shift + leaning)
        rated = {str(provider): self._ratings(items, provider) for provider in providers}
        return {"own": own, "providers": rated, "comment": self._comment(items, area)}

    def _levels(self, area: str) -> dict[str, float]:
        base = next((story.BASE[known] for known in story.BASE if area.startswith(known)), story.TOP)
        progress = self.progress(area)
        return {
            name: 1 + (index + story.LIFT[name] * progress) / 25
            for name, index in zip(("want", "know", "can"), base, strict=True)
        }

    def _ratings(self, items: list[dict[str, Any]], provider: int) -> dict[str, int | None]:
        area = self.areas[provider]
        level = next((value for known, value in story.PROVIDERS.items() if area.startswith(known)), story.PROVIDER)
        level += 0.45 * self.progress(area) + self.rng.gauss(0, 0.4)
        codes = [item["code"] for item in items if item["about"] == "provider" and item["kind"] != "comment"]
        return {code: self._pick(level) for code in codes}

    def _comment(self, items: list[dict[str, Any]], area: str) -> dict[str, str]:
        code = next((item["code"] for item in items if item["kind"] == "comment"), None)
        if code is None or self.rng.random() > 0.16:
            return {}
        home = story.LOGISTICS if area.startswith(story.LOGISTICS) else ""
        return {code: self.rng.choice(story.COMMENTS[home])}

    def _pick(self, level: float) -> int | None:
        """A whole number 1–5 around ``level``; now and then "I can't judge this"."""
        if self.rng.random() < 0.02:
            return None
        return min(5, max(1, round(self.rng.gauss(level, 0.8))))
