"""Lets `python -m app` do what the `forwardpass` command does."""

from app.cli import main

main()
