"""Python of the page imports from archives: each is read once. Packed into the standard library (pack.py).

zipimport opens the archive and reads a header again for every module, which in the browser is two fifths of the time
that importing the engine takes. Python imports this module by itself when it starts, before all but a handful.
"""

import _io
import zipimport

read_from_file = zipimport._get_data
contents: dict[str, bytes] = {}
HEADER = 30
"""Bytes of a file's header in an archive before its name; the last four say how long name and extra field are."""


def get_data(archive: str, entry: tuple) -> bytes:
    """What zipimport's own function answers, without opening the archive again where nothing is compressed."""
    _, compression, size, _, offset, *_ = entry
    if compression:
        return read_from_file(archive, entry)
    content = contents.get(archive)
    if content is None:
        with _io.open_code(archive) as file:
            content = contents[archive] = file.read()
    name, extra = content[offset + 26 : offset + 28], content[offset + 28 : offset + 30]
    start = offset + HEADER + int.from_bytes(name, "little") + int.from_bytes(extra, "little")
    return content[start : start + size]


zipimport._get_data = get_data


def read_each_time() -> None:
    """From now on as zipimport does it, for a Python whose memory is to be small."""
    zipimport._get_data = read_from_file
    contents.clear()
