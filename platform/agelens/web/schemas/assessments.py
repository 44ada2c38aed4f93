"""Wire shapes of assessments."""

from agelens import wire
from agelens.web.shapes import whole

ReportImportSchema = whole(wire.ReportImport)
