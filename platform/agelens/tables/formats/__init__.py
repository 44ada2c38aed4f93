"""File formats: each reader yields Arrow tables of the same shape, whatever the file."""
