"""What pyxform, the reference implementation, says of a workbook."""

from __future__ import annotations

import io
import re

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from surveys.instruments.xlsform_sheets import Problem

PLACE = re.compile(r"\[row : (\d+)\]\s*|(?:On the|In the) '?(survey|choices|settings)'? sheet[,:]?\s*", re.IGNORECASE)


def check(data: bytes) -> list[Problem]:
    """The error for which pyxform refuses the workbook, if it does."""
    try:
        convert(io.BytesIO(data), validate=False, file_type=".xlsx")
    except PyXFormError as error:
        text = str(error)
        row = re.search(r"\[row : (\d+)\]", text)
        sheet = re.search(r"'(survey|choices|settings)' sheet", text)
        told = PLACE.sub("", text).strip() or text
        return [Problem(told[:400], sheet.group(1) if sheet else "survey", int(row.group(1)) if row else 0)]
    return []
