"""Background jobs of workers and the scheduler: thin, called with ids, idempotent."""
