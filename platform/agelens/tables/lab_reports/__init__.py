"""One person's laboratory report: FHIR R4, pasted lines, or CSV; the start is `reading`.

It is beside `formats`, which reads tables of many people: both turn foreign files into what the domain
knows, a report result by result with its own unit, code and date.

`fhir` and `lines` (with `cells`, `numbers` and `dates`) say what a report says; `markers` finds the
biomarker and the unit of a result; `proposal` chooses the newest value of each.
"""
