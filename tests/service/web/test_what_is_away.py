"""What still works while Valkey or PostgreSQL is away, and that it comes back by itself: real servers, killed.

What the fleet as a whole does then (leaders, restarts of the line) is tried with the controller.
"""

import asyncpg
import pytest

from app.local.valkey import Valkey
from tests.service.person import Person
from tests.service.serving import serving


@pytest.fixture
def own_valkey(server_folder):
    valkey = Valkey(server_folder / "valkey-to-kill")
    valkey.start()
    yield valkey
    if valkey.process is not None:
        valkey.stop()


def test_without_valkey_nobody_joins_or_enters_and_people_inside_go_on_booking(database, own_valkey):
    with serving(database, own_valkey.url) as service:
        inside, called = Person(service), Person(service)
        inside.join()
        called.join()
        service.open_doors(serving=2)
        inside.enter()
        inside.prove()
        own_valkey.kill()

        document = inside.get("/queue/now-serving.json")
        assert (document.status, document.json["serving"]) == (200, 2), "the last document goes on being served"
        for refused in (Person(service).join(), called.enter()):
            assert (refused.status, refused.code) == (503, "unavailable")
            assert int(refused.headers["retry-after"]) >= 1
        assert inside.get("/readyz").json == {"ready": False, "database": "ok", "valkey": "away"}
        assert inside.get("/healthz").status == 200

        held = inside.hold(region="KR-11")
        assert held.status == 201
        assert inside.confirm(held.json["hold_id"]).status == 201
        assert inside.post("/queue/leave").status == 204, "leaving forgets the papers, the visit ends by time"

        own_valkey.start()
        for reply in service.until(Person(service).join):
            if reply.status == 200:
                break


def test_without_the_database_people_join_and_wait_and_nobody_books(database, valkey_url, postgres):
    with serving(database, valkey_url) as service:
        inside = Person(service)
        inside.join()
        service.open_doors(serving=1)
        inside.enter()
        inside.prove()
        service.run(service.parts.pool.expire_connections())
        name = database.rpartition("/")[2]
        service.run(refuse_connections(postgres, name, refused=True))

        assert Person(service).join().status == 200
        assert inside.get("/queue/now-serving.json").status == 200
        refused = inside.hold(region="KR-11")
        assert (refused.status, refused.code) == (503, "unavailable")
        assert int(refused.headers["retry-after"]) >= 1
        ready = inside.get("/readyz")
        assert (ready.status, ready.json["database"]) == (503, "away")

        service.run(refuse_connections(postgres, name, refused=False))
        for reply in service.until(lambda: inside.hold(region="KR-11")):
            if reply.status == 201:
                break


async def refuse_connections(postgres, name, *, refused):
    """Make a database be away for everybody, or let it come back; others of the same server feel nothing."""
    session = await asyncpg.connect(postgres.url_of("postgres"))
    try:
        await session.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {not refused}')
        if refused:
            await session.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    finally:
        await session.close()
