"""Templates of messages: what rows' messages have in common, whatever their own numbers are."""

import re

ANY = "\N{HORIZONTAL ELLIPSIS}"  # stands for numbers that differ
# a number alone: neither a part of a name such as hba1c nor an exponent of a unit such as 10^9/L
_NUMBER = re.compile(rf"((?<![\w^.,/+-])[-+]?\d(?:[\d.,]*\d)?(?:e[-+]?\d+)?(?![\w^])|{ANY})")


def template_of(message: str) -> str:
    """The message with the same sign for every number: equal for messages that differ in numbers only."""
    return _NUMBER.sub(ANY, message)


def common(message: str, other_message: str) -> str:
    """Of two messages of one template, the text with a sign for the numbers in which they differ."""
    if message == other_message:
        return message
    pairs = zip(_NUMBER.split(message), _NUMBER.split(other_message), strict=True)
    return "".join(own if own == others else ANY for own, others in pairs)
