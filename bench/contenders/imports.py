"""Import of each client, in fresh interpreters: the function gives the statement to run."""

from __future__ import annotations

from bench.rows import Target, contender


@contender("floor", "import")
def name_floor(_target: Target) -> str:
    return "import socket"


@contender("http.client", "import")
def name_http_client(_target: Target) -> str:
    return "import http.client"


@contender("wirekit", "import", package="wirekit")
def name_wirekit(_target: Target) -> str:
    return "import wirekit.http.client"


@contender("wirekit.aio", "import", package="wirekit")
def name_wirekit_aio(_target: Target) -> str:
    return "import wirekit.aio.http.client"


@contender("urllib.request", "import")
def name_urllib(_target: Target) -> str:
    return "import urllib.request"


@contender("asyncio", "import")
def name_asyncio(_target: Target) -> str:
    return "import asyncio"


@contender("urllib3", "import", package="urllib3")
def name_urllib3(_target: Target) -> str:
    return "import urllib3"


@contender("requests", "import", package="requests")
def name_requests(_target: Target) -> str:
    return "import requests"


@contender("httpx", "import", package="httpx")
def name_httpx(_target: Target) -> str:
    return "import httpx"


@contender("aiohttp", "import", package="aiohttp")
def name_aiohttp(_target: Target) -> str:
    return "import aiohttp"


@contender("niquests", "import", package="niquests", venv="niquests")
def name_niquests(_target: Target) -> str:
    return "import niquests"


@contender("pycurl", "import", package="pycurl")
def name_pycurl(_target: Target) -> str:
    return "import pycurl"


@contender("pyreqwest", "import", package="pyreqwest")
def name_pyreqwest(_target: Target) -> str:
    return "import pyreqwest.client"
