"""People's files and tables: read, matched with what a clock asks for, and typed column by column."""
