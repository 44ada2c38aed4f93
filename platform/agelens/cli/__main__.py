"""`python -m agelens.cli`."""

from agelens.cli import main

main()
