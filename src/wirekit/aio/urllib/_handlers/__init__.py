"""The handlers of ``urllib.request``, which is the module to import them from, and what they work with."""
