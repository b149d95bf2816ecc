"""What FTP asks of its two connections beyond a stream: the same names for each twin.

    from wirekit._io.channels import asynchronous as channels      # in the async sources
    from wirekit._io.channels import blocking as channels          # in the generated twins

| name | what it does |
|---|---|
| ``caller()`` | names the task, or thread, that is running |
| ``text_file(stream, encoding, errors)`` | the control connection as users know it, ``ftp.file``; never reads ahead |
| ``Receiver(stream, size, callback)`` | hands blocks of a data connection over: ``await pass_on(until)`` |
| ``listen(host, family)`` | a listening socket for active mode; a real one in both twins |
| ``await accept(listener, host, timeout, stop)`` | the connection that comes from ``host``, and no other's |
| ``await send_urgent(stream, data)`` | the last byte of data as TCP's urgent one |
| ``await close_at_end(stream, control)`` | tell that we send no more, by TLS's goodbye or FIN; close when the peer ends, too |
"""
