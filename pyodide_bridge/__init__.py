"""One function, JSON in, JSON out, between the page and the engine; imports no JavaScript."""
