"""The explorer without widgets."""

from collections.abc import Mapping
from typing import Any

from agelens.client import Assessment, Client, Result
from agelens.languages import N_, _
from agelens.notebook.answers import AGE, Answer, checked_answers
from agelens.notebook.html_text import credits_text, text_div
from agelens.notebook.idempotency_keys import IdempotencyKeys
from agelens.notebook.ready_clocks import ready_clocks
from agelens.notebook.widget_language import use_language

EXAMPLE_NOTE = N_("This is a made-up person. predict() scores the values in .answers for {price}.")
SLIDERS_NEED_PACKAGE = N_(
    "Sliders need {package}, which is not installed: pip install 'agelens[notebook]', then start the "
    "kernel again."
)


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
        *,
        language: str | None = None,
    ) -> None:
        use_language(language)
        self.client = client
        self._model = client.models[model] if model else next(iter(client.models))
        self._clock = self._model.pinned if model and "@" in model else self._model.name
        example = client.models.example(self._clock)
        canonical_answers = (
            example.answers if answers is None else dict(checked_answers(answers, self._model))
        )
        age = example.chronological_age if answers is None else canonical_answers.pop(AGE, None)
        units = example.units if answers is None else {}
        self._request: dict[str, Any] = {
            "answers": canonical_answers, "units": units, "chronological_age": age,
        }  # fmt: skip
        self._keys = IdempotencyKeys()
        self.paid: Result | None = None
        self.assessment: Assessment | None = None
        self._example = Result.from_wire(example.result, None)

    @property
    def result(self) -> Result:
        """The one that was paid for, or else the example's."""
        return self.paid or self._example

    @property
    def answers(self) -> dict[str, Any]:
        """As `client.predict` takes them: `client.predict(**explorer.answers)`."""
        return {**self._request, "model": self._clock}

    @property
    def figure(self) -> Any:
        """The result as a Plotly figure; MissingExtra where Plotly is not there either."""
        return self.result.waterfall()

    def predict(self) -> Result:
        """Pay for the answers, once; raises what `client.predict` raises."""
        if self.paid is None:
            key = self._keys.key_for(self._clock, self._request)
            with self._keys.used(key):
                self.paid = self.client.predict(**self.answers, idempotency_key=key)
        return self.paid

    def assess(self) -> Assessment:
        """Pay for every clock that is ready for the answers, once; raises what `client.assess` raises.

        A demonstration on synthetic data is left out where another clock is ready.
        """
        if self.assessment is None:
            check = self.client.check(**self._request)
            names = ready_clocks(check, {model.name: model for model in self.client.models})
            key = self._keys.key_for(" ".join(names), self._request)
            with self._keys.used(key):
                fields = {name: self._request[name] for name in ("units", "chronological_age")}
                self.assessment = self.client.assess(
                    self._request["answers"], names, **fields, idempotency_key=key
                )
        return self.assessment

    def to_frame(self) -> Any:
        """The contributions of the result that is shown, one row each."""
        return self.result.to_frame()

    def _repr_html_(self) -> str:
        message = _(EXAMPLE_NOTE, price=credits_text(self._model.price))
        example = "" if self.paid else text_div(message)
        clocks = self.assessment._repr_html_() if self.assessment else ""
        return (
            text_div(_(SLIDERS_NEED_PACKAGE, package=self.missing))
            + example
            + self.result._repr_html_()
            + clocks
        )
