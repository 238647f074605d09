"""What whoever installs Trivium should know about this room: ``manage.py check --deploy``."""

from __future__ import annotations

from typing import Any

from django.core.checks import Tags, Warning, register

from programs.training import certificates


@register(Tags.compatibility, deploy=True)
def fonts(app_configs: Any = None, **_kwargs: Any) -> list[Warning]:
    """Certificates in Chinese need a font of the machine; all other letters come with Typst."""
    if certificates.speaks_chinese():
        return []
    told = "No font with Chinese letters was found: certificates of people with Chinese names would show boxes."
    return [Warning(told, hint="Install one, such as the package fonts-noto-cjk.", id="training.W001")]
