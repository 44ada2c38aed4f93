"""What each command of `agelens` does; `agelens.cli` only reads its arguments."""
