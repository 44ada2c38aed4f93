"""Read people's files and tables, match their columns with a clock's features, and type them."""
