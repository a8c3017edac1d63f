"""Fixtures of the end-to-end tests: a mock upstream and real nginx. BAWN_BUILD names the build folder."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import mock
import server


@pytest.fixture(scope="session")
def upstream_process():
    up = mock.Upstream()
    yield up
    up.close()


@pytest.fixture
def upstream(upstream_process):
    upstream_process.reset()
    return upstream_process


@pytest.fixture(scope="module")
def shared(upstream_process):
    nginx = server.Nginx(upstream_process).start()
    yield nginx
    nginx.stop()
    nginx.check()


@pytest.fixture
def nginx(shared, upstream):
    """One nginx for the tests of a file; whatever they do to it, it must live and its log stay clean."""
    before = shared.workers()
    yield shared
    assert shared.workers() == before, "a worker died:\n" + shared.text()[-4000:]
    shared.check()


@pytest.fixture
def start(upstream):
    """Starts an nginx of the test's own: start(spool="sync", ...)."""
    made = []

    def make(**options):
        made.append(server.Nginx(upstream, **options).start())
        return made[-1]

    yield make
    for one in made:
        one.stop()
        one.check()
