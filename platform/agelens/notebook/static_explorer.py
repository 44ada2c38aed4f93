"""The explorer without widgets."""

from collections.abc import Mapping
from typing import Any

from agelens.client import Client, Result
from agelens.notebook.answers import AGE, Answer, checked_answers
from agelens.notebook.html_text import credits, line
from agelens.notebook.idempotency_keys import Keys

EXAMPLE = "This is a made-up person. predict() scores the values in .answers for {price}."


class StaticExplorer:
    """Shows the clock's example, and once `predict` was called the result that was paid for.

    Its arguments are those of the explorer with widgets, which the package `missing` is for.
    """

    missing = "ipywidgets"

    def __init__(
        self,
        client: Client,
        model: str | None = None,
        answers: Mapping[str, Answer] | None = None,
    ) -> None:
        self.client = client
        self._model = client.models[model] if model else next(iter(client.models))
        self._asked = self._model.pinned if model and "@" in model else self._model.name
        example = client.models.example(self._asked)
        own = example.answers if answers is None else dict(checked_answers(answers, self._model))
        age = example.chronological_age if answers is None else own.pop(AGE, None)
        units = example.units if answers is None else {}
        self._request: dict[str, Any] = {
            "answers": own, "units": units, "chronological_age": age,
        }  # fmt: skip
        self._keys = Keys()
        self.paid: Result | None = None
        self._example = Result.from_wire(example.result, None)

    @property
    def result(self) -> Result:
        """The one that was paid for, or else the example's."""
        return self.paid or self._example

    @property
    def answers(self) -> dict[str, Any]:
        """As `client.predict` takes them: `client.predict(**explorer.answers)`."""
        return {**self._request, "model": self._asked}

    @property
    def figure(self) -> Any:
        """The result as a Plotly figure; MissingExtra where Plotly is not there either."""
        return self.result.waterfall()

    def predict(self) -> Result:
        """Pay for the answers, once; raises what `client.predict` raises."""
        if self.paid is None:
            key = self._keys.key_for(self._asked, self._request)
            with self._keys.used(key):
                self.paid = self.client.predict(**self.answers, idempotency_key=key)
        return self.paid

    def to_frame(self) -> Any:
        """The contributions of the result that is shown, one row each."""
        return self.result.to_frame()

    def _repr_html_(self) -> str:
        message = EXAMPLE.format(price=credits(self._model.price))
        example = "" if self.paid else line(message)
        return without(self.missing, "Sliders") + example + self.result._repr_html_()


def without(missing: str, what: str) -> str:
    """What is not here, and how to get it."""
    how = "pip install 'agelens[notebook]', then start the kernel again"
    return line(f"{what} need {missing}, which is not installed: {how}.")
