"""The filter ``date`` as a language writes days (culture.access.days).

Replaces Django's in every template (settings.TEMPLATES, builtins).
"""

from __future__ import annotations

from django import template

from culture.access.days import date_text

register = template.Library()
register.filter("date", date_text, expects_localtime=True, is_safe=False)
