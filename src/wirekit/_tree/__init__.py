"""Parts of ``wirekit.tree``, in modules of a readable size.

``pool``: connections to one server, and what is known of it. ``looking``: listings and single entries. ``copying``:
files in both directions. ``opened``: a remote file as a file object.
"""
