"""Who may open the addresses of courses, their contents and what people make of them; merged into who_may.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.guards.world import World

WRITERS = "hr trainer"
SIGNED_IN = "employee manager executive hr unit_hr trainer lead auditor moderator root"

WHO: dict[str, str] = {
    **dict.fromkeys(
        (
            "training:discard", "training:import_course", "training:import_confirm", "training:export_course",
            "training:add_language", "training:language", "training:drop_language", "training:files",
            "training:remove_file",
        ),
        WRITERS,
    ),
    "training:file": "employee manager hr unit_hr trainer",  # to whom the course is assigned, and who assigns
    "training:refresher": SIGNED_IN,  # one's own
    "training:refresher_skip": SIGNED_IN,
    "training:self_views": SIGNED_IN,
    "training:self_view": SIGNED_IN,
    "training:self_take_back": SIGNED_IN,
    "training:certificate": SIGNED_IN,
    "training:certificate_pdf": SIGNED_IN,
    "training:verify": SIGNED_IN + " anonymous",  # whoever has the link; shows what its holder allows
}  # fmt: skip
ARGUMENTS: dict[str, Callable[[World], list[Any]]] = {
    **dict.fromkeys(
        (
            "training:discard", "training:export_course", "training:add_language", "training:files",
            "training:remove_file",
        ),
        lambda w: [w.course.pk],
    ),
    "training:language": lambda w: [w.course.pk, "it"],
    "training:drop_language": lambda w: [w.course.pk, "it"],
    "training:self_view": lambda w: ["W1"],
}  # fmt: skip
UNASKED: dict[str, str] = {
    "training:file": "tests/programs/test_lessons.py: a course with a file",
    "training:refresher": "tests/programs/test_keeping.py: one's own only",
    "training:refresher_skip": "tests/programs/test_keeping.py: one's own only",
    "training:certificate": "tests/programs/test_certificates.py: one's own only",
    "training:certificate_pdf": "tests/programs/test_certificates.py: one's own only",
    "training:verify": "tests/programs/test_certificates.py: a link somebody made",
}
