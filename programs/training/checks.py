"""What whoever installs Trivium should know about this room: ``manage.py check --deploy``."""

from __future__ import annotations

from typing import Any

from django.core.checks import Info, Tags, register

from programs.training import certificates


@register(Tags.compatibility, deploy=True)
def fonts(app_configs: Any = None, **_kwargs: Any) -> list[Info]:
    """Certificates in Chinese need a font of the machine; all other letters come with Typst.

    A hint, no warning: most organisations have no Chinese names.
    """
    if certificates.speaks_chinese():
        return []
    told = "No font with Chinese letters was found: certificates of people with Chinese names would show boxes."
    return [Info(told, hint="Install one, such as the package fonts-noto-cjk.", id="training.I001")]
