"""What the released numbers mean, and how sure they are. Pure arithmetic: no database, no clock, no page.

Functions that take *cells* need nothing but what a release shows. What must be worked out from respondents (barriers,
reliability, drivers) is in :mod:`sealing` and gives cells that are protected like any other.
"""
