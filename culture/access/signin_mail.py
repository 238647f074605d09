"""Mail of the sign-in leaves beside the request: how long an answer takes must not tell whether an account exists."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from django.core.mail import EmailMessage

log = logging.getLogger("trivium.signin")
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="signin-mail")
_under_way: set[Future[None]] = set()


def send(message: EmailMessage) -> None:
    """Send ``message`` soon. What fails is logged by its class: an address or a code is no business of the log."""
    future = _pool.submit(_send, message)
    _under_way.add(future)
    future.add_done_callback(_under_way.discard)


def _send(message: EmailMessage) -> None:
    try:
        message.send(fail_silently=False)
    except Exception as error:
        log.error("A mail of the sign-in was not sent: %s", type(error).__name__)


def wait(seconds: float = 10) -> None:
    """Until everything handed over has left."""
    wait_for(list(_under_way), timeout=seconds)
