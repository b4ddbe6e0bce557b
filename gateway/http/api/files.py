"""Files: uploaded to be sent, and those of messages to be fetched."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs, web

from gateway.errors import FieldsWrong
from gateway.http.api.download import SENT, send_file
from gateway.http.api.operation import BYTES, Call, Header, Nothing, Reply, operation
from gateway.http.api.upload import UPLOAD, Upload
from gateway.model.media import StoredMedia
from gateway.model.outbox import FieldProblem
from gateway.model.value import Value

GROUP: Final = "Media"


class FilePath(Value, frozen=True, kw_only=True):
    """Which file.

    Attributes:
        id: As `message.media_stored` or the upload told it.
    """

    id: str


@operation(
    "GET",
    "/v1/media/{id}",
    group=GROUP,
    scope="media",
    headers={
        hdrs.RANGE: Header("One range of bytes; anything else is passed over."),
        hdrs.IF_NONE_MATCH: Header("The `ETag` of an answer before: 304 when you have the file."),
    },
    answers={200: BYTES, 206: BYTES, 304: None},
    sends={
        200: SENT,
        206: {**SENT, hdrs.CONTENT_RANGE: Header("Which bytes these are, of how many.")},
        304: SENT,
        416: {hdrs.CONTENT_RANGE: Header("How many bytes there are.")},
    },
    problems={404: "No file has this id.", 416: "The file is not as long as that."},
)
async def get_media(call: Call[FilePath, Nothing]) -> web.StreamResponse:
    """Download a file.

    With the type that its bytes have, whatever was announced, and always as an attachment. HEAD
    works too.
    """
    return await send_file(call.request, call.daemon.media, call.parameters.id)


class Naming(Value, frozen=True, kw_only=True):
    """What is known of a file that is uploaded.

    Attributes:
        filename: Its name, as the contact will see it; of a form, the name in the form.
        account: Which account will send it; kept with it, for whoever looks into the store.
    """

    filename: str | None = None
    account: str = ""


@operation(
    "POST",
    "/v1/media",
    group=GROUP,
    scope="media",
    body=UPLOAD,
    answers={201: StoredMedia},
    sends={201: {hdrs.LOCATION: Header("Where to get the file.")}},
    problems={413: "The file is larger than `media.max_bytes` of the settings."},
    answer_example={
        "id": "019a0c1d2e3f00112233445566778899-0",
        "index": 0,
        "mime_type": "image/jpeg",
        "size_bytes": 48213,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "filename": "flores.jpg",
    },
)
async def upload_media(call: Call[Naming, Upload]) -> Reply:
    """Upload a file.

    It can be sent any number of times. The body is the file itself, or a form (`multipart/form-data`) with one file. Its type is told
    by its bytes; `Content-Type` decides only among types that look alike. Use the answered `id` as
    `content.media.stored_id`.
    """
    naming = call.parameters
    if naming.account and naming.account not in call.daemon.channels:
        told = f"there is no account {naming.account}"
        raise FieldsWrong([FieldProblem(path="account", explanation=told)])
    stored = await call.body.keep(
        call.daemon.media, filename=naming.filename, account=naming.account
    )
    return Reply(stored, 201, {hdrs.LOCATION: f"/v1/media/{stored.id}"})
