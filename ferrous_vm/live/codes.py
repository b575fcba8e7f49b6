"""Why a socket is closed from here, as codes that the page knows (`web/src/transport/socket.js`)."""

from __future__ import annotations

from typing import Final

WRONG_TOKEN: Final = 4401
TOO_MANY: Final = 4429
ENGINE_ENDED: Final = 4500
