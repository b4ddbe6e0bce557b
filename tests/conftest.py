import pytest
from hypothesis import HealthCheck, settings

# Speed is the bench's business: a slow machine must not make a property false.
settings.register_profile("relevo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("relevo")


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
