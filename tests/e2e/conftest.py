"""Fixtures of the end-to-end tests: a mock upstream and real nginx. BAWN_BUILD names the build folder."""
import os
import pathlib
import shutil
import signal
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import gateway
import mock
import server

# A shell's background job ignores ^C, and so would all that is started from here: tests send it.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Each pytest closes the folder that pytests share to all but its user when it starts, and with it the folders of a gateway that
# another one runs beside it, whose workers are of another user. So each has a base of its own.
OWN_BASE = None if "PYTEST_DEBUG_TEMPROOT" in os.environ else tempfile.mkdtemp(prefix="bawn-e2e-")
if OWN_BASE:
    os.environ["PYTEST_DEBUG_TEMPROOT"] = OWN_BASE
    server.open_to_workers(pathlib.Path(OWN_BASE))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus):
    """What failed can be looked at; what passed leaves nothing."""
    if OWN_BASE and exitstatus == pytest.ExitCode.OK:
        shutil.rmtree(OWN_BASE, ignore_errors=True)


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
    """Starts an nginx of the test's own: start(spool="sync", ...), before the mock if no other upstream is named."""
    made = []

    def make(upstream=upstream, **options):
        made.append(server.Nginx(upstream, **options).start())
        return made[-1]

    yield make
    for one in made:
        one.stop()
        one.check()


# ---- the gateway as it is delivered, for the tests with official SDKs -------------------------------------------------
def serving(request, folder, port, **options):
    made = gateway.Gateway(folder, port, **options).start()
    request.addfinalizer(made.stop)
    return made


@pytest.fixture(scope="session")
def standin():
    model = gateway.Standin()
    yield model
    model.close()


@pytest.fixture(scope="session")
def gateway_to_standin(request, standin, tmp_path_factory):
    return serving(request, tmp_path_factory.mktemp("standin"), standin.port)


@pytest.fixture(scope="session")
def gateway_to_mock(request, upstream_process, tmp_path_factory):
    return serving(request, tmp_path_factory.mktemp("mock"), upstream_process.port)


@pytest.fixture(scope="session")
def gateway_with_errors(request, upstream_process, tmp_path_factory):
    """The same with `on_block: error`."""
    return serving(request, tmp_path_factory.mktemp("errors"), upstream_process.port, defaults=", on_block: error")


@pytest.fixture(scope="session")
def gateway_that_reports(request, upstream_process, tmp_path_factory):
    """The same with `unseen_history: report`."""
    return serving(request, tmp_path_factory.mktemp("reports"), upstream_process.port, defaults=", unseen_history: report")


@pytest.fixture
def at_standin(gateway_to_standin):
    gateway_to_standin.forget()
    return gateway_to_standin


@pytest.fixture
def at_mock(gateway_to_mock, upstream):
    gateway_to_mock.forget()
    return gateway_to_mock


@pytest.fixture
def at_errors(gateway_with_errors, upstream):
    gateway_with_errors.forget()
    return gateway_with_errors


@pytest.fixture
def at_reporting(gateway_that_reports, upstream):
    gateway_that_reports.forget()
    return gateway_that_reports


@pytest.fixture
def at_failing(start):
    """nginx with an engine whose guard needs a scorer that is not there: the word `needscore` is guard_failed."""
    return start(engine="scripted")
