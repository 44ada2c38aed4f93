"""Templates of messages: what rows' messages have in common, whatever their own numbers are."""

import re

ANY = "\N{HORIZONTAL ELLIPSIS}"  # stands for numbers that differ
# a number alone: neither a part of a name such as hba1c nor an exponent of a unit such as 10^9/L
_NUMBER = re.compile(rf"((?<![\w^.,/+-])[-+]?\d(?:[\d.,]*\d)?(?:e[-+]?\d+)?(?![\w^])|{ANY})")


def template_of(message: str) -> str:
    """The message with the same sign for every number: equal for messages that differ in numbers only."""
    return _NUMBER.sub(ANY, message)


def common(one: str, other: str) -> str:
    """Of two messages of one template, the text with a sign for the numbers in which they differ."""
    if one == other:
        return one
    pieces = zip(_NUMBER.split(one), _NUMBER.split(other), strict=True)
    return "".join(mine if mine == theirs else ANY for mine, theirs in pieces)
