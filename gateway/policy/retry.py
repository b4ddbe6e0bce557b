"""How long to wait before trying again; pure."""

from __future__ import annotations


def ceiling(attempt: int, *, base: float = 1.0, cap: float = 300.0) -> float:
    """Longest wait before retry number ``attempt``, in seconds.

    Args:
        attempt: 1 for the first retry.
        base: Seconds allowed before the first retry; doubles with each one.
        cap: Seconds never to be exceeded.

    Raises:
        ValueError: ``attempt`` is below 1.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
    """
    if attempt < 1:
        raise ValueError(f"attempt must be 1 or more, not {attempt}")
    # Beyond 2**60 every cap is reached; without the limit a float would overflow.
    return min(cap, base * 2.0 ** min(attempt - 1, 60))


def full_jitter(attempt: int, draw: float, *, base: float = 1.0, cap: float = 300.0) -> float:
    """Wait before retry number ``attempt``, in seconds: anything up to the ceiling.

    Args:
        attempt: 1 for the first retry.
        draw: A random number from 0 to 1, so that those who failed together do not return
            together.
        base: As for ``ceiling``.
        cap: As for ``ceiling``.

    Raises:
        ValueError: ``attempt`` is below 1, or ``draw`` is no such number.
    """
    if not 0.0 <= draw <= 1.0:
        raise ValueError(f"draw must be from 0 to 1, not {draw}")
    return draw * ceiling(attempt, base=base, cap=cap)
