"""Cohorts: files of people, read in parts, scored part by part, and handed back as one file."""
