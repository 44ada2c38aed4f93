"""Use cases as plain functions. They take a session and never commit: whoever opened it does."""
