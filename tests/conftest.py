import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--crash-messages",
        type=int,
        default=20_000,
        help="how many messages each crash test posts (default 20 000)",
    )


@pytest.fixture
def crash_messages(request: pytest.FixtureRequest) -> int:
    """How many messages a crash test posts."""
    return int(request.config.getoption("--crash-messages"))
