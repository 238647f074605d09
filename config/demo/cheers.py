"""What colleagues made of the thanks: for which customer they were, signs, answers, a picture, a team, a report."""

from __future__ import annotations

import datetime as dt
import io
import random
import uuid

from django.utils import timezone
from PIL import Image, ImageDraw, ImageFont

from culture.framework.models import Behaviour, Requirement
from culture.people.models import Employee
from programs.recognition import ledger, moderating, pictures
from programs.recognition.feed_models import KudosPicture, KudosReaction, KudosReply
from programs.recognition.models import Kudos, KudosReceiver

LATELY = dt.timedelta(days=60)
BATCH = 2000
REPLIES = (
    "It was a pleasure. Come by any time.",
    "You would have done the same!",
    "Thank you, that made my week.",
    "We were two: Returns helped as much.",
    "Gladly. Next time I call before you have to.",
)
TEAM_STORY = (
    "On Monday the delivery came two hours late, and all of you stayed to unpack it. At ten the shelves were full and "
    "no customer noticed anything."
)
REPORT = "One can tell who the customer is. Could it be told without that?"
RUDE = (
    "It reads like a joke about a customer.",
    "Thanks should not be at a customer's cost. Tell it again without him.",
)


def cheer(*, star: Employee, rng: random.Random, now: dt.datetime) -> int:
    """Fill what hangs on the thanks of the last two months; returns how many signs. ``star`` gets his share."""
    thanks = list(Kudos.objects.select_related("giver__unit").prefetch_related("receipts").order_by("pk"))
    for kudos in thanks:
        kudos.language = "en"
        kudos.customer = rng.choices([Kudos.Customer.INTERNAL, Kudos.Customer.EXTERNAL], [55, 45])[0]
        if kudos.customer == Kudos.Customer.INTERNAL:
            kudos.customer_unit = kudos.giver.unit
    Kudos.objects.bulk_update(thanks, ["language", "customer", "customer_unit"], batch_size=BATCH)
    thanks.append(_team(star, now))
    shown = [kudos for kudos in thanks if kudos.public and kudos.at >= now - LATELY]
    crowd = list(Employee.objects.here(timezone.localdate(now)).filter(is_active=True).order_by("pk"))
    signs = _signs(shown, crowd, star, rng, now)
    _answers(shown, star, rng, now)
    if shown:
        _picture(shown[-1])
    _reports(shown[-12:-1], crowd, star, now)
    return signs


def _signs(shown: list[Kudos], crowd: list[Employee], star: Employee, rng: random.Random, now: dt.datetime) -> int:
    rows = []
    for kudos in shown:
        many = rng.choice([0, 0, 1, 2, 3, 5]) + 3 * any(one.receiver_id == star.pk for one in kudos.receipts.all())
        for person in rng.sample(crowd, min(many, len(crowd))):
            if person.pk != kudos.giver_id:
                kind = rng.choices(KudosReaction.Kind.values, [5, 3, 2])[0]
                at = min(now, kudos.at + dt.timedelta(hours=rng.randint(1, 40)))
                rows.append(KudosReaction(kudos=kudos, employee=person, kind=kind, at=at))
    return len(KudosReaction.objects.bulk_create(rows, batch_size=BATCH))


def _answers(shown: list[Kudos], star: Employee, rng: random.Random, now: dt.datetime) -> None:
    rows = [
        KudosReply(receipt=receipt, text=rng.choice(REPLIES), at=min(now, kudos.at + dt.timedelta(hours=3)))
        for kudos in shown
        for receipt in list(kudos.receipts.all())[:1]
        if receipt.receiver_id != star.pk and rng.random() < 0.25
    ]
    KudosReply.objects.bulk_create(rows, batch_size=BATCH)


def _team(star: Employee, now: dt.datetime) -> Kudos:
    """The manager of ``star`` thanks his whole team, without points."""
    giver = star.manager or star
    at = now - dt.timedelta(hours=20)
    kudos = Kudos.objects.create(
        giver=giver,
        behaviour=Behaviour.objects.get(code="A8"),
        requirement=Requirement.objects.get(code="K3"),
        story=TEAM_STORY,
        language="en",
        state=Kudos.State.SETTLED,
        at=at,
        period=ledger.period_of(timezone.localdate(at)),
        idempotency_key=uuid.UUID(int=star.pk, version=4),
        customer=Kudos.Customer.EXTERNAL,
        team=star.unit,
    )
    people = Employee.objects.here(timezone.localdate(at)).filter(unit=star.unit, is_active=True).exclude(pk=giver.pk)
    KudosReceiver.objects.bulk_create(
        KudosReceiver(kudos=kudos, giver=giver, receiver=one, unit_id=one.unit_id) for one in people.order_by("pk")
    )
    return kudos


def _picture(kudos: Kudos) -> None:
    """A note as somebody would photograph it."""
    paper = Image.new("RGB", (1200, 760), "#f3ead2")
    pen = ImageDraw.Draw(paper)
    pen.rectangle((28, 28, 1171, 731), outline="#0d4f4f", width=6)
    pen.text((600, 300), "Grazie!", anchor="mm", font=ImageFont.load_default(190), fill="#0d4f4f")
    pen.text((600, 520), "from all of us at the counter", anchor="mm", font=ImageFont.load_default(54), fill="#5b6675")
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=90)
    drawn = pictures.draw(out.getvalue(), "A handwritten note: Grazie, from all of us at the counter")
    KudosPicture.objects.create(
        kudos=kudos, content=drawn.content, width=drawn.width, height=drawn.height, alt=drawn.alt
    )


def _reports(shown: list[Kudos], crowd: list[Employee], star: Employee, now: dt.datetime) -> None:
    """One that waits for HR, and one that HR has hidden."""
    if len(shown) < 2:
        return
    yesterday = now - dt.timedelta(days=1)
    parties = {
        star.pk,
        *(pk for kudos in shown for pk in (kudos.giver_id, *(r.receiver_id for r in kudos.receipts.all()))),
    }
    reporter = next((one for one in crowd if one.pk not in parties), None)
    hr = (
        Employee.objects.filter(grants__role="hr_admin", grants__unit=None)
        .exclude(pk__in=parties)
        .order_by("pk")
        .first()
    )
    if reporter is None or hr is None or reporter == hr:
        return
    moderating.report(kudos=shown[0], by=reporter, why="private", note=REPORT, now=yesterday)
    moderating.report(kudos=shown[1], by=reporter, why="inappropriate", note=RUDE[0], now=yesterday)
    moderating.decide(kudos=shown[1], by=hr, decision=moderating.Decision(moderating.Act.HIDE, RUDE[1]), now=yesterday)
