"""Calls of the Send API: who it is for, why it may go now, and the message."""

from __future__ import annotations

import functools
from typing import Final
from urllib.parse import quote, urlsplit

from gateway.api import Call, OutboundMessage, Raw, Reaction, Read, Rendered, Typing
from gateway_meta.bodies import Body
from gateway_meta.recipients import kind, recipient
from gateway_meta.rendering import Shown, Style, shown

EDGE: Final = "edge"
"""Says in a raw content what of the page is meant; without it, its messages."""
MESSAGES: Final = "messages"
EDGES: Final = (
    *(MESSAGES, "pass_thread_control", "take_thread_control", "release_thread_control"),
    *("request_thread_control", "extend_thread_control"),
)
LONGEST_REFERENCE: Final = 990
"""Of 1 000 characters; the others say which part of a message it is."""


class Sender:
    """Makes calls for one page or account.

    Args:
        style: Of the channel.
        api_url: The Graph API and its version.
        node: Whose messages they are: the id of a page, or of an Instagram account.
    """

    def __init__(self, style: Style, *, api_url: str, node: str) -> None:
        self._style = style
        self._path = path(api_url, node)

    def rendered(self, message: OutboundMessage, *, reference: str | None) -> Rendered:
        """Turn a message that passed the check into calls; see ``Channel.render``."""
        match message.content:
            case Raw(body=body):
                rest = {name: value for name, value in body.items() if name != EDGE}
                edge = str(body.get(EDGE, MESSAGES))
                return Rendered(calls=(self._call(rest, edge=edge),))
            case Reaction(to=to, emoji=emoji):
                return self._action(message, "react" if emoji else "unreact", to, emoji)
            case Typing():
                return self._action(message, "typing_on")
            case Read():
                return self._action(message, "mark_seen")
            case content:
                return self.sent(message, shown(content, self._style), reference=reference)

    def sent(
        self,
        message: OutboundMessage,
        found: Shown,
        *,
        reference: str | None,
        why: Body | None = None,
    ) -> Rendered:
        """Return the calls of messages.

        Args:
            message: What was asked for.
            found: What it becomes.
            reference: Ours.
            why: Why it may go now, when the message itself does not say.

        Raises:
            ValueError: The reference is too long.
        """
        if reference is not None and len(reference) > LONGEST_REFERENCE:
            told = f"a reference of {len(reference)} characters; {LONGEST_REFERENCE} at most"
            raise ValueError(told)
        head = {"recipient": recipient(message.to), **(why or self._why(message))}
        calls = []
        for number, body in enumerate(found.messages):
            first = number == 0
            quoted = {"reply_to": {"mid": message.reply_to}} if first and message.reply_to else {}
            files = {"filedata": found.stored_id} if first and found.stored_id else {}
            named = {**body, **self._named(reference, number)}
            calls.append(self._call({**head, **quoted, "message": named}, files))
        return Rendered(calls=tuple(calls), downgraded="; ".join(found.told) or None)

    def _named(self, reference: str | None, number: int) -> Body:
        """Return what an echo will give back: our reference, and from the second part on which."""
        if not reference or not self._style.metadata:
            return {}
        return {"metadata": reference if number == 0 else f"{reference}#{number + 1}"}

    def _why(self, message: OutboundMessage) -> Body:
        """Return why a message may go now."""
        if message.tag is not None:
            return {"messaging_type": "MESSAGE_TAG", "tag": message.tag}
        if not self._style.typed or kind(message.to) == "token":
            return {}
        return {"messaging_type": "UPDATE" if message.lane == "bulk" else "RESPONSE"}

    def _action(
        self, message: OutboundMessage, action: str, to: str = "", emoji: str | None = None
    ) -> Rendered:
        body: Body = {"recipient": recipient(message.to), "sender_action": action}
        if to:
            body["payload"] = {"message_id": to, **({"reaction": emoji} if emoji else {})}
        return Rendered(calls=(self._call(body),))

    def _call(
        self, body: Body, files: dict[str, str] | None = None, *, edge: str = MESSAGES
    ) -> Call:
        return Call(method="POST", path=f"{self._path}/{edge}", body=body, files=files or {})


@functools.cache
def path(api_url: str, node: str) -> str:
    """Return the path of a node of the Graph API, without its host."""
    return f"{urlsplit(api_url).path.rstrip('/')}/{quote(node, safe='')}"
