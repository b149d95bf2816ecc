"""URLs: `request` opens them; `parse`, `error` and `response` hold what never waits.

`request.py` in this folder is generated from `wirekit.aio.urllib`: edit there.
"""
