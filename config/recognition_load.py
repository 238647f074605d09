"""People who give thanks, for `bench recognition`: HTTP as a browser posts the form of the page. Imports no Django."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from typing import Any

from config.answering_load import Load, Stopped, Unanswered, Visitor, processor

Gift = tuple[str, str, list[tuple[str, str]]]  # session, token, the form


def give(visitor: Visitor, path: str, gift: Gift) -> float:
    """Post one gift; seconds. Raises :class:`Stopped` unless the site says that it was sent."""
    session, token, form = gift
    visitor.cookies = {"sessionid": session, "csrftoken": token}
    fields = [("csrfmiddlewaretoken", token), ("key", str(uuid.uuid4())), *form]
    answer = visitor.post(path, fields)
    if answer.status != 302:
        raise Stopped(f"giving answered {answer.status}")
    return answer.seconds


def run_load(pipe: Any, port: int, path: str, gifts: list[Gift], threads: int, most_seconds: float) -> None:
    """Give ``gifts`` by so many at a time, for so long; sends a :class:`Load` through ``pipe``."""
    load, waiting, lock = Load(), deque(gifts), threading.Lock()
    pipe.send("ready")
    pipe.recv()
    until, before = time.perf_counter() + most_seconds, processor()

    def person() -> None:
        visitor = Visitor("127.0.0.1", port)
        while time.perf_counter() < until:
            try:
                gift = waiting.popleft()
            except IndexError:
                break
            begun = time.perf_counter()
            try:
                seconds = give(visitor, path, gift)
            except (Stopped, Unanswered) as error:
                with lock:
                    load.failed.append(f"{type(error).__name__}: {error}")
                continue
            with lock:
                load.done += 1
                load.begun, load.ended = min(load.begun, begun), max(load.ended, time.perf_counter())
                load.seconds["give"].append(seconds)
        visitor.leave()

    people = [threading.Thread(target=person) for _ in range(threads)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    load.cpu = processor() - before
    pipe.send(load.__dict__ | {"seconds": dict(load.seconds)})
