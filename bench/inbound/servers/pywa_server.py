"""pywa's asynchronous webhook server with one handler that does nothing but count.

As its documentation shows it: FastAPI under uvicorn (uvloop, httptools), signature check on.
"""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI
from pywa_async import WhatsApp, types
from pywa_async.handlers import MessageHandler

from bench.inbound.bodies import APP_SECRET, NUMBER


def application(path: str) -> FastAPI:
    """Return the server; ``GET /handled`` tells how often the handler ran."""
    handled = 0
    app = FastAPI()

    async def count(client: WhatsApp, message: types.Message) -> None:
        del client, message
        nonlocal handled
        handled += 1

    async def tell() -> int:
        return handled

    app.add_api_route("/handled", tell)
    client = WhatsApp(
        phone_id=NUMBER.phone_number_id,
        token="unused",  # noqa: S106 - nothing is sent
        server=app,
        webhook_endpoint=path,
        verify_token="unused",  # noqa: S106 - no handshake
        app_secret=APP_SECRET,
    )
    client.add_handlers(MessageHandler(count))
    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
