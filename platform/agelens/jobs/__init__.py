"""What workers and the scheduler run: thin, given ids, safe to run twice."""
