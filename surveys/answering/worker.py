"""The script that a browser keeps, so that a link opens without a network, and the empty page it then shows.

Neither knows a link or an answer: the page opens what the browser holds encrypted for the link in its address line.
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from surveys.answering.doors import Refused, door, render, speak
from surveys.answering.languages import LANGUAGES, words
from surveys.answering.shelf import ASSETS


@door
def worker(request: HttpRequest) -> HttpResponse:
    """For the addresses under /s/ alone: shared tablets and everything else never meet it."""
    if request.method == "POST":
        raise Refused("lost", 405)
    kept = [reverse("answering:shell"), *(static(name) for name in ASSETS)]
    context = {"kept": kept, "name": hashlib.blake2b(repr(kept).encode(), digest_size=6).hexdigest()}
    script = render_to_string("surveys/answering/worker.js", context)
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@door
def shell(request: HttpRequest) -> HttpResponse:
    """No connection: filled by the script with the page that was wanted, if this browser has it."""
    if request.method == "POST":
        raise Refused("lost", 405)
    said = ("no_network", "no_network_note", "retry")
    told = {code: [words(code)[name] for name in said] for code in LANGUAGES}
    return render(speak(request), "shell", told=told)
