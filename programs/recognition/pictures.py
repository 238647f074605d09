"""Pictures of thanks: checked to be pictures, and drawn anew without anything of the camera."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

MEGABYTE = 1 << 20
MOST_BYTES = 12 * MEGABYTE
# A phone's largest pictures have some 50 million; a JPEG is read at a quarter of that. The others are read as a whole,
# and what claims more is made to fill the memory.
MOST_PIXELS = {"JPEG": 52_000_000, "PNG": 16_000_000, "WEBP": 16_000_000}
LONGEST_SIDE = 1600
SMALLEST_SIDE = 8
QUALITY = 82
FORMATS = ("JPEG", "PNG", "WEBP")
ACCEPTED = "image/jpeg,image/png,image/webp"
BROKEN = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError)


@dataclass(frozen=True)
class Drawn:
    """A JPEG of ours; ``alt``: what it shows, for whoever does not see it."""

    content: bytes
    width: int
    height: int
    alt: str = ""


def draw(content: bytes, alt: str = "") -> Drawn:
    """``content`` as a new picture of at most ``LONGEST_SIDE``. Raises ``ValidationError`` by field ``picture``.

    Only the dots are taken over, upright: no place, no day, no owner, no comment, nothing behind its end.
    """
    if len(content) > MOST_BYTES:
        most = {"most": MOST_BYTES // MEGABYTE}
        raise _wrong(_("The picture is larger than %(most)d MB. Send a smaller one.") % most)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS[picture.format or "PNG"]:
                raise _wrong(_("The picture has too many dots. Send a smaller one."))
            if min(width, height) < SMALLEST_SIDE:
                raise _wrong(_("The picture is too small to see anything on it."))
            # A JPEG can be read at a half or a quarter at once; others pass over this.
            picture.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
            return _clean(picture, alt)
    except BROKEN:
        if _is_heic(content):
            raise _wrong(
                _(
                    "This is a HEIC picture, which most browsers cannot show. Send it as JPEG: choose it from the "
                    "photos of your phone instead of its files, or set the camera to “most compatible” (JPEG)."
                )
            ) from None
        raise _wrong(_("This file is no picture that can be read. Send a JPEG, PNG or WebP.")) from None


def _is_heic(content: bytes) -> bool:
    """Whether it is what iPhones, and Androids that save space, store: an ISO container of a HEVC picture.

    iPhones and Macs send a JPEG where a form does not accept HEIC, as ours; a file chosen as it is, and some Androids,
    do not. It is not decoded here: what reads it (libheif with its codecs) is a large, often mended target.
    """
    brands = content[8:12] + content[16:64] if content[4:8] == b"ftyp" else b""
    return any(brand in brands for brand in (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"))


def _clean(picture: Any, alt: str) -> Drawn:
    # Made small first: everything after it works on a copy.
    small = picture.convert("RGBA") if picture.mode in ("P", "1") else picture
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    dots = _in_plain_colours(ImageOps.exif_transpose(small))
    # A new picture has none of what else was in the file; a changed one might.
    fresh = Image.new("RGB", dots.size, "white")
    fresh.paste(dots, (0, 0), dots if dots.mode == "RGBA" else None)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return Drawn(out.getvalue(), *fresh.size, alt.strip())


def _in_plain_colours(picture: Any) -> Any:
    """RGB, or RGBA where something shines through; in the colours every screen knows."""
    mode = "RGBA" if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            done = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if done is not None:
                return done
        except (ImageCms.PyCMSError, *BROKEN):
            pass  # a broken profile: the colours are a little off, the picture is right
    return picture.convert(mode)


def _wrong(words: str) -> ValidationError:
    return ValidationError({"picture": words})
