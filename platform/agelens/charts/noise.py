"""Sentences about a change: how large it is, and whether measuring twice explains it.

A change is a mapping with `change`, `minimum_detectable_change`, and `real`, which says whether it is
larger than that; both may be None. The wire shapes of trends and comparisons have them.
"""

from agelens.charts.number_format import Wire, amount, number, printed
from agelens.languages import N_, _

VERDICTS = {
    True: N_("More than noise"),
    False: N_("Within noise"),
    None: N_("Noise not known"),
}


def noise_verdict(real: bool | None) -> str:
    """Two or three words for whether a change is more than noise."""
    return _(VERDICTS[real])


def change_in_short(change: Wire, unit: str, since: str) -> str:
    """A change in a line: "+1.2 years since 4 May 2025: within noise (up to 4.1 years)"."""
    text, limit = amount(change["change"], unit), change["minimum_detectable_change"]
    if limit is None:
        return _("{change} since {day}", change=text, day=since)
    values = {"change": text, "day": since, "limit": f"{number(limit, unit)} {printed(unit)}"}
    if change["real"]:
        return _("{change} since {day}: more than noise (up to {limit})", **values)
    return _("{change} since {day}: within noise (up to {limit})", **values)
