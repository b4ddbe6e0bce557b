"""How the Bot API refuses: a code, words, and sometimes what would help.

Source: Telegram Bot API, "Making requests"; the words are those that its clients know.
"""

from __future__ import annotations

from typing import Any, Final


class BotApiError(Exception):
    """A call is refused.

    Attributes:
        code: Also the status of the HTTP answer.
        description: Telegram's words, with the name of the code before them.
        parameters: ``retry_after`` or ``migrate_to_chat_id``.
    """

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict[str, Any]:
        """Return the body of the answer."""
        told = {"ok": False, "error_code": self.code, "description": self.description}
        return {**told, "parameters": self.parameters} if self.parameters else told


def bad(why: str, **parameters: int) -> BotApiError:
    """Return the refusal of a request with something wrong in it."""
    return BotApiError(400, f"Bad Request: {why}", **parameters)


def forbidden(why: str) -> BotApiError:
    """Return the refusal of what the bot may not do."""
    return BotApiError(403, f"Forbidden: {why}")


def conflict(why: str) -> BotApiError:
    """Return the refusal of two ways to get updates at once."""
    return BotApiError(409, f"Conflict: {why}")


def too_many(retry_after: int) -> BotApiError:
    """Return the refusal of what comes too fast."""
    told = f"Too Many Requests: retry after {retry_after}"
    return BotApiError(429, told, retry_after=retry_after)


UNAUTHORIZED: Final = BotApiError(401, "Unauthorized")
NOT_FOUND: Final = BotApiError(404, "Not Found")
