"""Cohorts: ingest a file of people in parts, score each part, export one result file."""
