from taken_files import files, rows_of, take

__all__ = ["files", "rows_of", "take"]
