"""What the Bot API's errors mean."""

from __future__ import annotations

import pytest

from gateway_telegram.errors import meaning

FACTS = [
    (400, "Bad Request: chat not found", "unreachable"),
    (400, "Bad Request: user not found", "unreachable"),
    (400, "Bad Request: PEER_ID_INVALID", "unreachable"),
    (400, "Bad Request: message text is empty", "reject"),
    (400, "Bad Request: message is too long", "reject"),
    (400, "Bad Request: MESSAGE_TOO_LONG", "reject"),
    (400, "Bad Request: MEDIA_CAPTION_TOO_LONG", "reject"),
    (400, "Bad Request: can't parse entities: Can't find end of bold", "send_plain"),
    (400, "Bad Request: BUTTON_DATA_INVALID", "reject"),
    (400, "Bad Request: BUTTON_URL_INVALID", "reject"),
    (400, "Bad Request: BUTTON_TYPE_INVALID", "reject"),
    (400, "Bad Request: wrong file identifier/HTTP URL specified", "reject"),
    (400, "Bad Request: failed to get HTTP URL content", "retry"),
    (400, "Bad Request: wrong type of the web page content", "reject"),
    (400, "Bad Request: IMAGE_PROCESS_FAILED", "send_file"),
    (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", "send_file"),
    (400, "Bad Request: wrong remote file identifier specified: …", "reject"),
    (400, "Bad Request: file is too big", "reject"),
    (400, "Bad Request: message to be replied not found", "send_unquoted"),
    (400, "Bad Request: message is not modified: specified new content…", "none"),
    (400, "Bad Request: message to edit not found", "reject"),
    (400, "Bad Request: message can't be edited", "reject"),
    (400, "Bad Request: message can't be deleted", "reject"),
    (400, "Bad Request: message to delete not found", "none"),
    (400, "Bad Request: query is too old and response timeout expired", "none"),
    (400, "Bad Request: group chat was upgraded to a supergroup chat", "move_contact"),
    (400, "Bad Request: not enough rights to send text messages to the chat", "reject"),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "reject"),
    (400, "Bad Request: CHAT_ADMIN_REQUIRED", "reject"),
    (400, "Bad Request: TOPIC_CLOSED", "reject"),
    (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN", "reject"),
    (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING", "window_closed"),
    (400, "Bad Request: BUSINESS_CONNECTION_INVALID", "reject"),
    (400, "Bad Request: bad webhook: HTTPS url must be provided", "pause_account"),
    (400, "Bad Request: something new", "reject"),
    (401, "Unauthorized", "pause_account"),
    (403, "Forbidden: bot was blocked by the user", "unreachable"),
    (403, "Forbidden: user is deactivated", "unreachable"),
    (403, "Forbidden: bot can't initiate conversation with a user", "unreachable"),
    (403, "Forbidden: bot can't send messages to bots", "unreachable"),
    (403, "Forbidden: bot was kicked from the group chat", "unreachable"),
    (403, "Forbidden: bot was kicked from the supergroup chat", "unreachable"),
    (403, "Forbidden: bot was kicked from the channel chat", "unreachable"),
    (403, "Forbidden: something new", "reject"),
    (404, "Not Found", "pause_account"),
    (404, "Not Found: method not found", "reject"),
    (409, "Conflict: can't use getUpdates method while webhook is active", "pause_account"),
    (409, "Conflict: terminated by other getUpdates request", "pause_account"),
    (413, "Request Entity Too Large", "reject"),
    (429, "Too Many Requests: retry after 7", "throttle_account"),
    (500, "Internal Server Error", "retry"),
    (500, "Internal Server Error: restart", "retry"),
    (502, "Bad Gateway", "retry"),
]


@pytest.mark.parametrize(("code", "description", "action"), FACTS)
def test_an_error_says_what_is_to_be_done(code: int, description: str, action: str) -> None:
    for written in (description, description.upper(), description.lower()):
        found = meaning(code, written)
        assert found is not None
        assert found.action == action
        assert found.explanation.endswith(".")


def test_a_code_that_is_new_to_us_means_nothing_yet() -> None:
    assert meaning(418, "I'm a teapot") is None
