"""What is due by date here: who left loses his roles, with a trace; old addresses are told that they were changed."""

import datetime as dt

from culture.access import address_mail, clock
from culture.access.grants import end_of_leavers


def tick(*, now: dt.datetime) -> None:
    end_of_leavers(now=now, today=clock.today())
    address_mail.send_due(now=now)
