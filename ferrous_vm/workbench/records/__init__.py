"""The vocabulary of all fronts: what can be asked of the workbench and what it tells, a module for each subject.

Bytes are text in one of two forms (escapes.py). A *field* is what a person types or reads in one cell: plain text
stands for itself, and a field in double quotes is read with redis-cli's escapes. A *line* is a whole command as
redis-cli reads it. Times are Unix milliseconds unless they say seconds.

Each module tells in `ANSWERS` which class answers which request, unless a Failure does.
"""
