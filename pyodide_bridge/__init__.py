"""What the page asks of Ferrous: one function, JSON in, JSON out; it knows no browser."""

from pyodide_bridge.bridge import handle, stopped

__all__ = ["handle", "stopped"]
