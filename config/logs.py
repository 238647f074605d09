"""Log lines that tell nothing about who asked for what."""

import logging
import re
import traceback


class WithoutAddress(logging.Formatter):
    """An error's class and where it was raised; never the address (a personal link is a secret) nor a value in it."""

    def format(self, record: logging.LogRecord) -> str:
        if not record.exc_info or record.exc_info[1] is None:
            return f"{record.levelname} {record.name}: a page failed with status {getattr(record, 'status_code', '?')}"
        error = record.exc_info[1]
        places = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)[-4:]]
        return f"{record.levelname} {record.name}: {type(error).__name__} at " + " < ".join(reversed(places))


def worth_a_line(record: logging.LogRecord) -> bool:
    """503 is an answer of /readyz, which its reader sees (and of every start); an exception is always worth one."""
    return record.exc_info is not None or getattr(record, "status_code", None) != 503


# Personal links, tablets, codes typed into an address: the rest of the path is a credential, or leads to one.
SECRET = re.compile(r"/(s|k|c|r|hooks)/[^\s\"'?]+")


class Redacted(logging.Formatter):
    """Lines of the development server, whose access log cannot be switched off: without what follows /s/, /k/, /c/."""

    def format(self, record: logging.LogRecord) -> str:
        return SECRET.sub(r"/\1/…", super().format(record))
