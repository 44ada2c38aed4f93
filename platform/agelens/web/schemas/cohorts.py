"""Wire shapes of cohorts."""

from marshmallow import Schema, ValidationError, fields, validate

from agelens import wire
from agelens.domain.registry import DATA_SETS
from agelens.services.cohorts.scatter import MOST_POINTS
from agelens.tables.formats.header_rows import MOST_HEADER_ROWS
from agelens.tables.formats.supported import FORMATS
from agelens.web.schemas.base import (
    LONGEST_MODEL,
    LONGEST_TEXT,
    MODEL,
    Name,
    PageQuery,
    Request,
    Text,
)
from agelens.web.wire_fields import Shape, failure_of, model_name_of, whole

STATUSES = ["draft", "queued", "running", "succeeded", "failed", "canceled"]
RESULT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KEPT_FORMATS = [each.name for each in FORMATS if each.name != "ndjson"]  # which counts as json
MOST_NAMES = 5000
MOST_PROBLEMS = 1000
MAPPING = (
    "Column of the file to the registry key that it answers, or to `chronological_age`; wins over "
    "what `columns` says"
)
VALUES = "What codes stand for, by registry key or column: which choice, or an empty text for a missing cell"
CENSORED = (
    "`limit`: cells such as `<0.3` are read as their limit, with a warning; else they are errors"
)
ACCEPT = "Read columns in the units that their medians suggest, as a preview tells them"
SHEET = "The name of a workbook's sheet, or its number from 1; guessed where that is plain"
HEADER_ROW = "Which row names the columns, from 1; found if absent"
UNITS = "Registry key to the unit that the file has it in; canonical if absent"
FIELDS = (
    "Registry keys, or `chronological_age`, of what is wrong; empty when it is the row as a whole"
)


class TextMap(fields.Dict):
    """Texts by texts, of bounded number and length."""

    def _deserialize(
        self, value: object, attr: str | None, data: object, **kwargs: object
    ) -> dict[str, str]:
        if not isinstance(value, dict):
            raise ValidationError("must be an object of texts")
        if len(value) > MOST_NAMES:
            raise ValidationError(f"must have at most {MOST_NAMES} entries")
        wrong = {
            key[:LONGEST_TEXT]: [f"must be a text of 1 to {LONGEST_TEXT} characters without NUL"]
            for key, text in value.items()
            if not (_is_name(key) and _is_name(text))
        }
        if wrong:
            raise ValidationError(wrong)
        return value


class ValueMaps(fields.Dict):
    """What codes stand for: an object of objects of texts."""

    def _deserialize(
        self, value: object, attr: str | None, data: object, **kwargs: object
    ) -> dict[str, dict[str, str]]:
        if not isinstance(value, dict) or not all(isinstance(m, dict) for m in value.values()):
            raise ValidationError('must be like {"sex": {"1": "male", "2": "female"}}')
        if len(value) + sum(map(len, value.values())) > MOST_NAMES:
            raise ValidationError(f"must have at most {MOST_NAMES} entries")
        wrong = {
            name[:LONGEST_TEXT]: [f"must be texts of up to {LONGEST_TEXT} characters without NUL"]
            for name, codes in value.items()
            if not (_is_name(name) and all(map(_is_meaning, codes, codes.values())))
        }
        if wrong:
            raise ValidationError(wrong)
        return value


def _is_meaning(code: object, meaning: object) -> bool:
    return _is_name(code) and (meaning == "" or _is_name(meaning))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and "\0" not in value


class RunRequest(Request):
    """How to read a cohort's file, and which clock reads it. What is absent is as it was said before."""

    may_be_absent = True  # the whole body: everything as it was said before

    model = Text(longest=LONGEST_MODEL, allow_none=True, metadata={"description": MODEL})
    columns = fields.String(
        validate=validate.OneOf(DATA_SETS),
        metadata={
            "description": "Whose names the columns have; if absent, those that fit best, and of a "
            "file that is scored at once `agelens`"
        },
    )
    mapping = TextMap(
        keys=fields.String(), values=fields.String(), metadata={"description": MAPPING}
    )
    units = TextMap(keys=fields.String(), values=fields.String(), metadata={"description": UNITS})
    id_column = Text(
        allow_none=True,
        metadata={"description": "A column to hand on to the results, so that rows can be told"},
    )
    values = ValueMaps(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.String()),
        metadata={"description": VALUES},
    )
    censored = fields.String(
        validate=validate.OneOf(["limit"]), allow_none=True, metadata={"description": CENSORED}
    )
    accept_suggestions = fields.Boolean(metadata={"description": ACCEPT})


class CohortRequest(RunRequest):
    """What may be said beside the file."""

    name = Name(longest=200, metadata={"description": "The file's name if absent"})
    draft = fields.Boolean(
        metadata={"description": "Keep the file without running it: nothing is paid yet"}
    )
    sheet = Text(longest=200, allow_none=True, metadata={"description": SHEET})
    header_row = fields.Integer(
        validate=validate.Range(min=1, max=MOST_HEADER_ROWS),
        allow_none=True,
        metadata={"description": HEADER_ROW},
    )


class LayoutRequest(Request):
    """Where the table stands in a draft's file; what is absent is found."""

    sheet = Text(longest=200, allow_none=True, metadata={"description": SHEET})
    header_row = fields.Integer(
        validate=validate.Range(min=1, max=MOST_HEADER_ROWS),
        allow_none=True,
        metadata={"description": HEADER_ROW},
    )


class MatchRequest(RunRequest):
    """The names of a file's columns, and how to read them; nobody's measurements."""

    may_be_absent = False

    header = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_TEXT)),
        required=True,
        validate=validate.Length(min=1, max=MOST_NAMES),
    )


class CohortItem(Schema):
    id = fields.UUID()
    status = fields.String(validate=validate.OneOf(STATUSES))
    name = fields.String()
    format = fields.String(validate=validate.OneOf(KEPT_FORMATS))
    model = Shape(wire.ModelName | None, make=model_name_of)
    header = fields.List(fields.String())
    columns = fields.String(allow_none=True)
    mapping = fields.Dict(keys=fields.String(), values=fields.String())
    units = fields.Dict(keys=fields.String(), values=fields.String())
    id_column = fields.String(allow_none=True)
    values = fields.Dict(
        keys=fields.String(), values=fields.Dict(keys=fields.String(), values=fields.String())
    )
    censored = fields.String(allow_none=True)
    sheet = fields.String(allow_none=True)
    header_row = fields.Integer(allow_none=True)
    notes = fields.List(fields.String(), metadata={"description": "How the file was read"})
    rows = fields.Integer(attribute="n_rows")
    rows_done = fields.Integer()
    rows_scored = fields.Integer()
    rows_failed = fields.Integer()
    price_per_row = fields.Integer()
    price = fields.Integer(metadata={"description": "What was held: `price_per_row` x `rows`"})
    charged = fields.Integer(metadata={"description": "For the rows that were scored"})
    created_at = fields.DateTime()
    started_at = fields.DateTime(allow_none=True)
    finished_at = fields.DateTime(allow_none=True)
    error = Shape(wire.Failure | None, make=failure_of)


class CohortSchema(CohortItem):
    summary = Shape(
        wire.Summary | None, metadata={"description": "Null until the cohort has succeeded"}
    )


class ShownCohort(CohortSchema):
    waiting_for = Shape(
        wire.WaitingFor | None,
        metadata={"description": "Why no row is being scored; null when one is, or it has ended"},
    )


class AdminCohort(CohortItem):
    user_id = fields.UUID()
    user_email = fields.String(attribute="owner.email", allow_none=True)


class AdminCohortPage(Schema):
    items = fields.List(fields.Nested(AdminCohort))
    next_cursor = fields.String(allow_none=True)


class CohortPage(Schema):
    items = fields.List(fields.Nested(CohortItem))
    next_cursor = fields.String(allow_none=True)


class CohortQuery(PageQuery):
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))


class AdminCohortQuery(CohortQuery):
    user = fields.String(
        load_default=None,
        validate=validate.Length(max=254),
        metadata={"description": "A user id or e-mail address"},
    )


class RowProblemSchema(Schema):
    row = fields.Integer(metadata={"description": "1 is the first"})
    message = fields.String()
    # a schema has an attribute of that name already
    named_fields = fields.List(
        fields.String(), attribute="fields", data_key="fields", metadata={"description": FIELDS}
    )
    id = fields.String(allow_none=True, metadata={"description": "From `id_column`"})


MatchesSchema = whole(wire.Matches)
PreviewSchema = whole(wire.Preview)
ScatterSchema = whole(wire.Scatter)
LayoutSchema = whole(wire.FileLayout)


class SampleSchema(Schema):
    """The first rows of a file, as text; a missing cell is empty."""

    rows = fields.List(fields.List(fields.String()))


class RowWarningSchema(Schema):
    row = fields.Integer(metadata={"description": "1 is the first"})
    message = fields.String()
    id = fields.String(allow_none=True, metadata={"description": "From `id_column`"})


class RowWarningPage(Schema):
    items = fields.List(fields.Nested(RowWarningSchema))
    next_cursor = fields.String(allow_none=True)


class ProblemsQuery(Schema):
    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=MOST_PROBLEMS))
    cursor = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**62))


class RowProblemPage(Schema):
    items = fields.List(fields.Nested(RowProblemSchema))
    next_cursor = fields.String(allow_none=True)


class ResultsQuery(Schema):
    format = fields.String(load_default="csv", validate=validate.OneOf(list(RESULT_TYPES)))
    contributions = fields.Boolean(
        load_default=True, metadata={"description": "With the years of every feature"}
    )


class ScatterQuery(Schema):
    points = fields.Integer(
        load_default=MOST_POINTS,
        validate=validate.Range(min=1, max=MOST_POINTS),
        metadata={"description": "At most so many rows, a fair sample of them"},
    )


class TemplateQuery(Schema):
    model = fields.String(load_default=None, validate=validate.Length(max=LONGEST_MODEL))
    columns = fields.String(load_default=DATA_SETS[0], validate=validate.OneOf(DATA_SETS))
