"""Parts of ``wirekit.ftplib``, in modules of a readable size.

``data``: what a transfer does with its bytes. ``opening``: how its data connection comes about, and how ``abort`` ends
it. ``listing``: MLSD where there is only LIST. ``secrecy``: TLS on both connections. ``script``: the standard library's little command line.
"""
