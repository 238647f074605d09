"""Where a mail service reports bounces: POST /hooks/bounces/, signed as Standard Webhooks with BOUNCES_SECRET."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from surveys.waves import bounces, webhooks

LARGEST = 256 * 1024
MOST = 1000


@csrf_exempt
@login_not_required
def bounce_hook(request: HttpRequest) -> HttpResponse:
    """``{"type": "email.bounced", "data": {"message_id": "<…>", "status": "5.1.1", "recipient": "…"}}``.

    ``data`` may be a list. Other types are accepted and ignored. The same report twice changes nothing.
    """
    if not settings.BOUNCES_SECRET:
        return _no(404, "no_secret", "BOUNCES_SECRET is not set.")
    if request.method != "POST":
        return _no(405, "method", "Send POST.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return _no(413, "too_big", "At most 256 KiB a call.")
    body = request.body
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not webhooks.is_signed(settings.BOUNCES_SECRET, headers, body, timezone.now()):
        return _no(401, "signature", "The signature is missing, wrong, or more than five minutes old.")
    try:
        reported = _bounces(json.loads(body))
    except (ValueError, TypeError, AttributeError, KeyError):
        return _no(400, "shape", "Expected {type, data: {message_id, status, recipient}}.")
    marked = sum(bounces.apply(one)[0] for one in reported)
    return JsonResponse({"marked": marked})


def _bounces(content: Any) -> list[bounces.Bounce]:
    if content["type"] != "email.bounced":
        return []
    rows = content["data"] if isinstance(content["data"], list) else [content["data"]]
    return [
        bounces.Bounce(str(row["message_id"])[:300], str(row.get("status", ""))[:20], str(row.get("recipient", "")))
        for row in rows[:MOST]
    ]


def _no(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)
