"""The command line, beside a running service."""

import asyncio
import os
import sys
from typing import NamedTuple


class Ended(NamedTuple):
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


async def relevo(*words: str, stdin: str = "", **environ: str) -> Ended:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", *words),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | environ,
    )
    out, err = await process.communicate(stdin.encode())
    return Ended(process.returncode or 0, out.decode(), err.decode())
