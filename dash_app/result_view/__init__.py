"""How a result is drawn: what the result page, shared results and assessments have in common.

Start at `draw`. Nothing here changes a result or offers to; a page adds its own controls around it.
"""

from collections.abc import Mapping

from agelens.client import Client, ClientError, Model, Task, Unauthenticated

from dash_app.content import Content
from dash_app.displayed_factors import factors_of
from dash_app.number_text import Feature
from dash_app.result_view import certainty, comparison, estimate, factors, method_and_version
from dash_app.result_view.compared import Compared, Curve, compared

__all__ = ["Compared", "compared", "curve_of", "draw", "first_screen"]


def draw(
    task: Task,
    model: Model | None,
    schema: Mapping[str, Feature],
    *workbench: Content,
    curve: Curve | None = None,
) -> list[Content]:
    """The sections of a finished task's result, read-only.

    Parameters
    ----------
    task : Task
        With its result.
    model : Model, optional
        The version that answered; None when it is gone.
    schema : mapping of str to Feature
        What says how to show each factor, by key; see `displayed_factors.schema_of`.
    *workbench : Content
        A page's own sections, such as what-if sliders, between the factors and the details.
    curve : mapping, optional
        The percentiles by age that the person is drawn among; see `curve_of`.
    """
    found = compared(task, model, curve)
    return [
        *first_screen(task, model, curve),
        method_and_version.warnings(task, schema),
        factors.drivers_section(task, factors_of(task, schema)),
        *workbench,
        certainty.certainty_section(task),
        comparison.comparison_section(task, schema, found),
        method_and_version.model_and_data(task, model),
    ]


def first_screen(task: Task, model: Model | None, curve: Curve | None = None) -> list[Content]:
    """The number, the verdict in a sentence, and the person among others; enough for a summary."""
    return [estimate.head(task, model), estimate.result_card(task, compared(task, model, curve))]


def curve_of(client: Client, task: Task) -> Curve | None:
    """The reference curve of the version that answered; a page is drawn without one as well."""
    sex = task.answers.get("sex")
    try:
        found = client.models.reference_curve(
            f"{task.model.name}@{task.model.version}", str(sex) if sex in SEXES else None
        )
    except Unauthenticated:
        raise
    except ClientError:
        return None
    return {
        "sex": found.sex, "unit": found.unit, "reference": found.reference, "ages": found.ages,
        "percentiles": found.percentiles,
    }  # fmt: skip


SEXES = ("female", "male")
