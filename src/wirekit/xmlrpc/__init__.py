"""XML-RPC: `client` and `server`.

`client.py` and `server.py` in this folder are generated from `wirekit.aio.xmlrpc`: edit there. The other modules here never
wait: they are the parts that both twins share.
"""
