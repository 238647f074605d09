"""`manage.py drill answering`: people answer while web processes, Redis and PostgreSQL are killed with -9 at random.

Everybody notes what the site told him: which answers were kept (a page answered 303), whether his sending was
acknowledged. Whoever gets no answer, or an error page, tries again. In the end every envelope is opened: each person's
must be there once and hold exactly what was acknowledged, and each draft that was left must hold its answers.
"""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import redis
from django.core.management.base import CommandError
from django.db import connection
from nacl.public import SealedBox

from config import proof
from config.answering_load import Form, Stopped, Unanswered, Visitor, begin_link, form_of, resolve
from config.answering_world import Site, links, open_wave
from config.drill_delivery import Servers
from surveys.waves import keys
from surveys.waves.models import Wave

CLIENTS = 50
SECONDS = 300
PAUSE = (0.05, 0.6)  # seconds a person takes for a page
AGAIN = (0.2, 1.5)  # seconds before somebody tries again
LEAVES = 0.2  # this share of people leaves after some pages
LOOKS_BACK = 0.2  # and this share of pages is looked at again at once
APART = (2.0, 7.0)  # seconds between two kills
FINISH = 120  # seconds for everybody to finish once nothing is killed any more


@dataclass
class Person:
    """One who answers. ``kept`` is what he was told to be kept, by the names of the form."""

    link: str
    mark: str
    leaves_after: int = 99
    kept: dict[str, str] = field(default_factory=dict)
    pages: dict[str, list[str]] = field(default_factory=dict)
    sent: bool = False
    left: bool = False
    retried: int = 0
    unsure: int = 0
    done_before: bool = False
    wrong: list[str] = field(default_factory=list)


class Drill:
    """``troubles`` counts by kind what the people met."""

    def __init__(self, port: int, people: list[Person], until: float) -> None:
        self.port, self.waiting, self.until = port, people, until
        self.begun: list[Person] = []
        self.troubles: Counter[str] = Counter()
        self.looked = 0
        self.lock = threading.Lock()

    def client(self, number: int) -> None:
        chance = random.Random(number)
        while time.monotonic() < self.until:
            with self.lock:
                if not self.waiting:
                    return
                person = self.waiting.pop()
                self.begun.append(person)
            self.answer(person, chance)

    def answer(self, person: Person, chance: random.Random) -> None:
        visitor = Visitor("127.0.0.1", self.port, timeout=15)
        try:
            path, step = person.link, 0
            while path and not person.sent:
                time.sleep(chance.uniform(*PAUSE))
                path = self.walk(person, visitor, path, chance)
                step += 1
                if len(person.pages) >= person.leaves_after:
                    person.left = True
                    return
                if step > 60:
                    person.wrong.append("the pages do not end")
                    return
        except Stopped as error:
            person.wrong.append(str(error))
        finally:
            visitor.leave()

    def ask(self, person: Person, visitor: Visitor, path: str, form: list[tuple[str, str]] | None = None) -> Any:
        """The answer, asked for again until there is one; a form whose fate is unknown is posted again."""
        first, limit = True, time.monotonic() + FINISH
        while True:
            try:
                got = visitor.get(path) if form is None else visitor.post(path, form)
                trouble = "" if got.status < 500 else str(got.status)
            except Unanswered:
                trouble = "no answer"
            if not trouble:
                return got
            with self.lock:
                self.troubles[trouble] += 1
            person.retried += 1
            if form is not None and first and trouble == "no answer":
                person.unsure += 1
            first = False
            if time.monotonic() > limit:
                raise Stopped(f"no answer for {FINISH} s")
            time.sleep(random.uniform(*AGAIN))

    def walk(self, person: Person, visitor: Visitor, path: str, chance: random.Random) -> str:
        """One page; returns the path of the next one, '' when it is over."""
        got = self.ask(person, visitor, path)
        if got.status != 200:
            raise Stopped(f"a page answered {got.status}")
        form = form_of(got.body)
        if form is None:
            link = begin_link(got.body)
            if not link:
                raise Stopped("a page leads nowhere")
            return resolve(path, link)
        self.compare(person, form, path)
        target, fields = resolve(path, form.action), form.filled(chance, person.mark)
        posted = self.ask(person, visitor, target, fields)
        if form.button[1] == "send":
            return self.sending(person, posted)
        if posted.status != 303:
            raise Stopped(f"saving answered {posted.status}")
        mine = {*form.choices, *form.texts}
        person.kept.update({name: value for name, value in fields if name in mine})
        person.pages[path.partition("?")[0]] = sorted(mine)
        if chance.random() < LOOKS_BACK:
            self.look(person, visitor, path)
        return resolve(target, posted.headers["location"])

    def sending(self, person: Person, posted: Any) -> str:
        if posted.status == 303 and "/thanks/" in posted.headers["location"]:
            person.sent = True
        elif posted.status == 200 and person.unsure:
            # "Already sent": the first attempt had arrived although its answer had not.
            person.sent = person.done_before = True
        else:
            raise Stopped(f"sending answered {posted.status}")
        return ""

    def look(self, person: Person, visitor: Visitor, path: str) -> None:
        got = self.ask(person, visitor, path.partition("?")[0])
        form = form_of(got.body) if got.status == 200 else None
        if form is None:
            person.wrong.append(f"a kept page answered {got.status}")
            return
        self.compare(person, form, path)

    def compare(self, person: Person, form: Form, path: str) -> None:
        """Does the page show what he was told to be kept?"""
        names = person.pages.get(path.partition("?")[0], [])
        for name in names:
            if form.chosen.get(name) != person.kept[name]:
                person.wrong.append(f"{name}: kept {person.kept[name]!r}, shown {form.chosen.get(name)!r}")
        self.looked += bool(names)

    def drafts_are_there(self) -> None:
        """Everybody who left looks at his pages once more."""
        visitor = Visitor("127.0.0.1", self.port)
        for person in self.begun:
            if person.left:
                for path in person.pages:
                    self.look(person, visitor, path)
        visitor.leave()


# -- killing ---------------------------------------------------------------------------------------------------------


class Killer:
    """Kills one thing after another, and starts what no supervisor starts."""

    def __init__(self, site: Site, servers: Servers, chance: random.Random) -> None:
        self.site, self.servers, self.chance = site, servers, chance
        self.killed: Counter[str] = Counter()
        self.masters: list[float] = []

    def until(self, moment: float) -> None:
        kinds = ["web worker", "web worker", "web"] + (["redis", "postgres"] if self.servers.own else [])
        while (left := moment - time.monotonic()) > 0:
            time.sleep(min(left, self.chance.uniform(*APART)))
            kind = self.chance.choice(kinds)
            if time.monotonic() < moment and self.kill(kind):
                self.killed[kind.replace(" ", "_")] += 1
                proof.progress(f"answering: killed {kind}")

    def kill(self, kind: str) -> bool:
        if self.site.process.poll() is not None:
            raise CommandError("The site ended.")
        if kind == "postgres":
            self.servers.kill_postgres()
        elif kind == "redis":
            self.servers.kill_redis()
        elif kind == "web worker":
            return self._shoot(self.site.web_processes())
        else:
            # The supervisor gives up on what ends five times a minute; no machine dies so often by itself.
            self.masters = [at for at in self.masters if time.monotonic() - at < 60]
            if len(self.masters) >= 3:
                return False
            self.masters.append(time.monotonic())
            return self._shoot(self.site.web_masters())
        return True

    def _shoot(self, pids: list[int]) -> bool:
        if not pids:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.chance.choice(pids), signal.SIGKILL)
        return True


# -- the verdict -----------------------------------------------------------------------------------------------------


def drill_answering(size: int, seconds: int = 0, clients: int = CLIENTS, seed: int = 7) -> dict[str, Any]:
    """``size``: people who are asked (default: more than ``seconds`` let answer). The counts of one run."""
    seconds = seconds or SECONDS
    chance = random.Random(seed)
    wave = open_wave(size or max(200, clients * seconds // 3))
    people = [Person(link, f"mark {n} {chance.getrandbits(64):x}") for n, link in enumerate(links(wave))]
    for person in people:
        if chance.random() < LEAVES:
            person.leaves_after = chance.randrange(1, 4)
    site, servers = Site(), Servers()
    killer = Killer(site, servers, chance)
    try:
        site.wait()
        end = time.monotonic() + seconds
        drill = Drill(site.port, people, end)
        threads = [threading.Thread(target=drill.client, args=(n,), daemon=True) for n in range(clients)]
        for thread in threads:
            thread.start()
        killer.until(end)
        proof.progress(f"answering: {sum(killer.killed.values())} kills; everybody finishes")
        _all_back(site, servers)
        for thread in threads:
            thread.join(FINISH + 30)
        drill.drafts_are_there()
        connection.close()
        return _counts(wave, drill, killer.killed)
    finally:
        site.stop()
        servers.stop()


def _all_back(site: Site, servers: Servers) -> None:
    if servers.own:
        with suppress(redis.RedisError):
            redis.Redis(unix_socket_path=str(servers.guardian.run_dir / "redis.sock")).ping()
    connection.close()
    site.wait()


def envelopes(wave: Wave) -> tuple[list[dict[str, Any]], int]:
    """What is in the inbox, opened as closing does it; how many no key opens."""
    box, found, unreadable = SealedBox(keys.private_key(wave.pk)), [], 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed FROM surveys_inboxenvelope WHERE wave_id = %s", [wave.pk])
        for (sealed,) in cursor.fetchall():
            try:
                found.append(json.loads(box.decrypt(bytes(sealed))))
            except Exception:  # whatever it is, it is not an interview
                unreadable += 1
    return found, unreadable


def said(content: dict[str, Any]) -> dict[str, str]:
    """An envelope in the names and values of the forms."""
    own = {f"own.{code}": "none" if value is None else str(value) for code, value in content["own"].items()}
    return own | {f"c.{code}": text for code, text in content["comment"].items()}


def _counts(wave: Wave, drill: Drill, killed: Counter[str]) -> dict[str, Any]:
    """``lost``: told to be stored, but not there; ``repeated``: there more than once; ``held``: nothing is amiss."""
    found, unreadable = envelopes(wave)
    marks = Counter(mark for content in found for mark in content["comment"].values())
    by_mark = {mark: said(content) for content in found for mark in content["comment"].values()}
    sent = [person for person in drill.begun if person.sent]
    lost = [person for person in sent if not marks[person.mark]]
    altered = [person for person in sent if by_mark.get(person.mark, person.kept) != person.kept]
    unfinished = [person for person in drill.begun if not (person.sent or person.left)]
    wrong = [text for person in drill.begun for text in person.wrong]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM surveys_invitation WHERE wave_id = %s AND state = 'answered'", [wave.pk])
        answered = cursor.fetchone()[0]
        cursor.execute("SELECT count(*) FROM surveys_draft WHERE wave_id = %s", [wave.pk])
        drafts = cursor.fetchone()[0]
    repeated = sum(marks.values()) - len(marks)
    left = sum(person.left for person in drill.begun)
    held = not (lost or altered or unfinished or wrong or repeated or unreadable)
    held = held and len(found) == answered == len(sent) and drafts == left and len(sent) > 0
    for text in wrong[:5]:
        proof.progress(f"answering: {text}")
    return {
        "done": len(sent),
        "lost": len(lost),
        "repeated": repeated,
        "kills": sum(killed.values()),
        **{f"killed_{kind}": number for kind, number in sorted(killed.items())},
        "envelopes": len(found),
        "marked_answered": answered,
        "altered": len(altered),
        "unreadable": unreadable,
        "unfinished": len(unfinished),
        "drafts_left": left,
        "drafts_there": drafts,
        "pages_compared": drill.looked,
        "wrong": len(wrong),
        "tried_again": sum(person.retried for person in drill.begun),
        "sent_unsure": sum(person.unsure > 0 for person in sent),
        "had_arrived": sum(person.done_before for person in sent),
        "troubles": dict(drill.troubles),
        "held": held,
    }
