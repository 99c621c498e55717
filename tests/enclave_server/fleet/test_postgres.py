"""The PostgreSQL for trying: as root and as a user, after it was killed, and beside others that start it."""

from __future__ import annotations

import os
import pwd
import signal
import threading
from pathlib import Path

import psycopg
import pytest

from support.fleet import own_postgres
from support.proving_server import wait_until

pytestmark = pytest.mark.integration


def test_it_starts_after_it_was_killed_and_after_its_number_was_given_to_another() -> None:
    with own_postgres() as postgres:
        with psycopg.connect(postgres.up()) as connection:
            connection.execute("CREATE TABLE kept (number integer)")
        process = postgres.pid()
        assert pwd.getpwuid(Path(f"/proc/{process}").stat().st_uid).pw_name != "root"
        os.kill(process, signal.SIGKILL)
        wait_until(lambda: not postgres.running)
        lock = postgres.folder / "data" / "postmaster.pid"
        left = lock.read_text().splitlines()
        stranger = "\n".join([str(os.getpid()), *left[1:]]) + "\n"
        lock.write_text(stranger)
        (postgres.folder / ".s.PGSQL.5432.lock").write_text(stranger)
        threads = [threading.Thread(target=postgres.up) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with psycopg.connect(postgres.url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        postgres.down()
        assert not postgres.running
        postgres.down()
