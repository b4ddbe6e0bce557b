"""``python -m gateway.cli`` is ``relevo``."""

from gateway.cli.main import main

main()
