"""What may be shown. Pure rules: groups in, the shown set and released cells out (see the promise, section 3).

``forest``: nested groups. ``spans``: groups that cross them. ``bounds``: what arithmetic narrows down although it is
hidden. ``cells``: how a shown number is told. ``reasons``: what is said about a hidden one.
"""

from surveys.results.disclosure.cells import (
    CLASS_ENDS,
    HIDDEN,
    NOT_ASKED,
    PARTICIPATION_BASE,
    Look,
    band,
    censor_mean,
    censor_share,
    count_class,
    participation_cell,
    percentages,
    picks_cell,
    said_count,
    score_cell,
    shares_cell,
)
from surveys.results.disclosure.forest import (
    SOMEBODY,
    Forest,
    Id,
    Leaf,
    LeafScores,
    item_groups,
    people,
    protect,
    protect_counts,
    protect_index,
    protect_together,
)
from surveys.results.disclosure.spans import Crowd, protect_crossing

__all__ = [
    "CLASS_ENDS",
    "HIDDEN",
    "NOT_ASKED",
    "PARTICIPATION_BASE",
    "SOMEBODY",
    "Crowd",
    "Forest",
    "Id",
    "Leaf",
    "LeafScores",
    "Look",
    "band",
    "censor_mean",
    "censor_share",
    "count_class",
    "item_groups",
    "participation_cell",
    "people",
    "percentages",
    "picks_cell",
    "protect",
    "protect_counts",
    "protect_crossing",
    "protect_index",
    "protect_together",
    "said_count",
    "score_cell",
    "shares_cell",
]
