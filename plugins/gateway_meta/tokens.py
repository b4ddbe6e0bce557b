"""The access token that calls bear: as the settings have it, or as it was renewed."""

from __future__ import annotations

from gateway.api import HealthProblem, Host


class Token:
    """A token that stays as it is until the settings have another.

    Args:
        value: As in the settings.

    Attributes:
        expires_at: Milliseconds since 1970, at the latest; None for one that never ends.
        problem: What keeps it from being renewed, once somebody should know.
    """

    def __init__(self, value: str) -> None:
        self.value = value
        self.expires_at: int | None = None
        self.problem: HealthProblem | None = None

    async def current(self, host: Host) -> str:
        """Return the token to be used now."""
        del host
        return self.value

    async def renew(self, host: Host) -> None:
        """Renew it, if it ends and it is time to; what goes wrong is ``problem``, never raised.

        Raises:
            RedisUnavailable: Not now.
        """
        del host
