"""What every key in Redis holds, in one place; the reference page is rendered from it."""

from __future__ import annotations

from typing import Final

import msgspec


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key pattern and what is behind it."""

    pattern: str
    type: str
    holds: str
    lives: str


KEYS: Final = (
    Key(
        pattern="relevo:layout",
        type="hash",
        holds="version of this layout and the number of partitions, checked at every start",
        lives="for good",
    ),
    Key(
        pattern="relevo:apikeys",
        type="hash",
        holds="keys of the API by their public id (JSON): name, scopes, SHA-256 of the secret, times",
        lives="until revoked",
    ),
    Key(
        pattern="relevo:apikeys:used",
        type="hash",
        holds="when each key of the API was last used, in milliseconds, to the minute",
        lives="until the key is revoked",
    ),
    Key(
        pattern="relevo:{NN}:events",
        type="stream",
        holds="the events of the partition's accounts: fields `type` and `data` (MessagePack map)",
        lives="until trimmed by age and length (settings `[streams]`)",
    ),
    Key(
        pattern="relevo:{NN}:seen:GENERATION:BUCKET",
        type="set of integers",
        holds="64-bit digests of the events that were taken, to recognise a second delivery",
        lives="8 to 16 days: two generations of 8 days, the older one dropped whole",
    ),
    Key(
        pattern="relevo:{NN}:steps:GENERATION:BUCKET",
        type="hash",
        holds="per outbound message and recipient (8-byte digest) the statuses seen, one bit each",
        lives="30 to 60 days: two generations of 30 days, the older one dropped whole",
    ),
    Key(
        pattern="relevo:{NN}:generations",
        type="set",
        holds="which generations of `seen` and `steps` exist, so that old ones can be dropped",
        lives="for good",
    ),
    Key(
        pattern="relevo:{NN}:window:BUCKET",
        type="hash",
        holds="per contact address (8-byte digest) when it last opened the window, in seconds",
        lives="8 days after that, then swept",
    ),
    Key(
        pattern="relevo:{NN}:media",
        type="stream",
        holds="files to fetch, read by the consumer group `fetchers`",
        lives="until fetched or given up",
    ),
    Key(
        pattern="relevo:{NN}:media:later",
        type="sorted set",
        holds="files to try again (MessagePack), by when they are due in milliseconds",
        lives="until due, then back in the stream of files to fetch",
    ),
    Key(
        pattern="relevo:{NN}:kept:ACCOUNT:KEY",
        type="string",
        holds="something small of an account's channel, such as the id of an uploaded file",
        lives="as long as the channel said",
    ),
    Key(
        pattern="relevo:{NN}:chat:ACCOUNT:NAME",
        type="stream",
        holds="what an account and one contact said, as the channel shows it: field `data`",
        lives="until trimmed by age and length (settings of the account)",
    ),
    Key(
        pattern="relevo:{NN}:chat-once:ACCOUNT:NAME:ID",
        type="string",
        holds="that an entry was written to a `chat` log, and its id: a repetition writes none",
        lives="8 days",
    ),
    Key(
        pattern="relevo:{NN}:chat-signals:ACCOUNT",
        type="stream",
        holds="what is new in the account's `chat` logs, and what is not kept (somebody types), "
        "read by every process that holds sockets",
        lives="about the last 10 000, an hour after the last one",
    ),
    Key(
        pattern="relevo:{NN}:shelf:ACCOUNT:SHELF",
        type="hash",
        holds="several things that an account's channel keeps by name: the message templates the "
        "platform told of, a renewed access token (sealed)",
        lives="for good; replaced when the platform is asked again",
    ),
    Key(
        pattern="relevo:{NN}:message:ID",
        type="hash",
        holds="an outbound message: `m` itself, `t` its ticket, `r` its progress (MessagePack), `s` its "
        "state, `a` account, `l` lane, `e` entry in the lane, `b` who is sending it now, `u` that "
        "another had begun it, `d` when it is tried again, `o` the opener it is held for",
        lives="until it was sent or failed, and 30 days more",
    ),
    Key(
        pattern="relevo:{NN}:out:ACCOUNT:LANE",
        type="stream",
        holds="tickets of the messages that wait in a lane, `live` or `bulk` (field `t`)",
        lives="until the message was sent or failed",
    ),
    Key(
        pattern="relevo:{NN}:out:ACCOUNT:scheduled",
        type="sorted set",
        holds="ids of messages that wait for their time, by that time in milliseconds",
        lives="until due",
    ),
    Key(
        pattern="relevo:{NN}:out:ACCOUNT:expiring",
        type="sorted set",
        holds="ids of messages that have an `expires_at`, by that time in milliseconds",
        lives="until the message is over",
    ),
    Key(
        pattern="relevo:{NN}:out:ACCOUNT:held",
        type="sorted set",
        holds="ids of messages that wait for their contact to write, by when they give up",
        lives="until released or given up",
    ),
    Key(
        pattern="relevo:{NN}:out:ACCOUNT:dead",
        type="sorted set",
        holds="ids of messages that failed and can be sent again, by when they failed",
        lives="30 days",
    ),
    Key(
        pattern="relevo:{NN}:held:CONTACT",
        type="list",
        holds="ids of messages that are or were held for one contact (digest), in order",
        lives="until sent or given up",
    ),
    Key(
        pattern="relevo:{NN}:unopened",
        type="hash",
        holds="openers that did not arrive or were cancelled, each with its contact (digest): what waits for them fails",
        lives="until that is done, a second or less",
    ),
    Key(
        pattern="relevo:{NN}:alias:ADDRESS",
        type="string",
        holds="the contact (digest) that messages are held for, by another address the platform told",
        lives="30 days",
    ),
    Key(
        pattern="relevo:{NN}:sent:ACCOUNT:PLATFORMID",
        type="hash",
        holds="`m` which of our messages it is, and each status the platform told (MessagePack)",
        lives="30 days; a day where it is no message of ours",
    ),
    Key(
        pattern="relevo:{NN}:mark:CONTACT",
        type="sorted set",
        holds="until when everything sent to a contact (digest) was delivered and read, in ms",
        lives="30 days",
    ),
    Key(
        pattern="relevo:{NN}:reached:BUSINESS",
        type="sorted set",
        holds="contacts (digests) whom the business's accounts wrote to first, by when last, while the "
        "platform limits how many; in the partition that the business's id falls to",
        lives="24 hours after the last",
    ),
    Key(
        pattern="relevo:{NN}:marketed:CONTACT",
        type="string",
        holds="that a contact (digest) was sent marketing by an account with `opt_out_words`",
        lives="24 hours after the last",
    ),
    Key(
        pattern="relevo:{NN}:idempotency:KEY",
        type="string",
        holds="what was answered under a key (MessagePack); `for KEY`: a digest of its messages",
        lives="24 hours",
    ),
    Key(
        pattern="relevo:{NN}:suppressed",
        type="hash",
        holds="per contact (digest) why nothing, or no marketing, may be sent (MessagePack)",
        lives="until the contact comes back, it is lifted, or its time is over",
    ),
    Key(
        pattern="relevo:{NN}:paused",
        type="hash",
        holds="per account why nothing is sent, since when, and when it is tried (MessagePack)",
        lives="until it sends again",
    ),
    Key(
        pattern="relevo:{NN}:buckets",
        type="hash",
        holds="per account how much of its rates is used (MessagePack), for the next owner",
        lives="for good",
    ),
    Key(
        pattern="relevo:{NN}:send",
        type="stream",
        holds="messages to be sent, from `gateway.client.Sender` (field `message`, MessagePack)",
        lives="until taken or refused",
    ),
    Key(
        pattern="relevo:{NN}:wake",
        type="stream",
        holds="for the owner: accounts that have something new to send (field `account`), were paused or "
        "resumed (`pause`), or whose whole application must go slower (`slow`, MessagePack)",
        lives="about the last 1 000",
    ),
    Key(
        pattern="relevo:{NN}:lease",
        type="string",
        holds="who owns the partition's outbound side: name and fencing token",
        lives="10 seconds, renewed while the owner lives",
    ),
    Key(
        pattern="relevo:{NN}:fence",
        type="number",
        holds="the last fencing token that was given out",
        lives="for good",
    ),
    Key(
        pattern="relevo:owners",
        type="sorted set",
        holds="the processes that send, by when they were last heard of in milliseconds",
        lives="10 seconds after that",
    ),
    Key(
        pattern="relevo:{NN}:dead:GROUP",
        type="stream",
        holds="entries that a consumer group gave up: `type`, `data`, `id`, `deliveries`",
        lives="about the last 100 000; for you to look at and delete",
    ),
)
