"""As what a command read a word that it refuses, each in words that complete "is read as"."""

from __future__ import annotations

from typing import Final

BOUND: Final = "the end of a range"
CHOICE: Final = "one of a few words"
COMMAND: Final = "the name of a command"
CURSOR: Final = "a cursor"
DATA: Final = "a serialized value"
FIELD_COUNT: Final = "the number of fields"
FIELD_TYPE: Final = "the type of an integer"
IDENTIFIER: Final = "the ID of a stream's entry"
INTEGER: Final = "an integer"
KEY: Final = "a key"
KEY_COUNT: Final = "the number of keys"
LENGTH: Final = "what makes a string longer"
MEMBER: Final = "a member"
NAME: Final = "a name"
NUMBER: Final = "a number"
OPTION: Final = "an option"
RULE: Final = "a rule of access"
SETTING: Final = "the value of a setting"
SURPLUS: Final = "a word too many"
TIME: Final = "a time to live"
UNIT: Final = "a unit of length"
