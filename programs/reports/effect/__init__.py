"""Whether a program works, by staggered roll-out. Pure: numbers in, numbers and words out; no database, no clock.

``panel``: blocks × waves, one partition. ``estimator``: group-time average effects. ``uncertainty``: by cohort.
``bootstrap``: bands for several numbers at once. ``lots``: only where starts were drawn. ``judging``: the word.
"""
