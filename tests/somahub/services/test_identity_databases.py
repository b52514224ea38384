"""Identity on each database, and without the one or the other."""

import asyncio
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from fastapi import HTTPException
from identityservice import SECRET, Running, bearer, emptied, postgresql
from live import served, wait_for
from redis import Redis
from redisserver import RedisServer, redis_server
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from somahub.auth import Denied, Verifier
from somahub.auth.remote import RemoteKeys
from somahub.peers import AccountTokens
from somahub.services.identity.connections import connect
from somahub.services.identity.revoked import KEY
from somahub.services.identity.settings import Settings
from somahub.services.identity.tables import METADATA

Start = Callable[[], Running]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with postgresql(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    folder = tmp_path / "redis"
    folder.mkdir()
    with redis_server(folder) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def start(request: pytest.FixtureRequest, tmp_path: Path, redis: RedisServer) -> Start:
    url = request.getfixturevalue("cluster") if request.param == "postgresql" else ""

    def run() -> Running:
        return Running(tmp_path, redis.url, url)

    if url:
        engine = connect(url)
        with engine.begin() as connection:
            METADATA.drop_all(connection)
        engine.dispose()
    return run


def revocations(running: Running) -> list[str]:
    found: list[str] = running.client.get("/v1/revocations").json()["token_ids"]
    return found


def refreshed(running: Running) -> None:
    running.client.portal.call(running.identity.refresh)  # type: ignore[union-attr] # it is started


def test_tokens_keys_accounts_and_revocations_survive_a_restart(start: Start) -> None:
    with start() as first:
        keys = first.client.get("/.well-known/jwks.json").json()
        kept, gone = first.sign_in("dev"), first.sign_in("dev")
        first.client.post("/v1/token/revoke", data={"token": gone["access_token"]})
        known = revocations(first)
    with start() as second:
        assert second.client.get("/.well-known/jwks.json").json() == keys
        assert second.active(kept["access_token"])
        assert not second.active(gone["access_token"])
        assert revocations(second) == known
        assert second.token("refresh_token", refresh_token=kept["refresh_token"]).status_code == 200
        assert second.client.get("/v1/audit/verification", headers=second.headers()).json()["intact"]


def test_the_audit_log_refuses_changes_and_shows_those_behind_its_back(start: Start) -> None:
    with start() as running:
        admin = running.headers()
        for statement in ("UPDATE identity_audit SET actor = 'sam'", "DELETE FROM identity_audit"):
            with pytest.raises(DBAPIError, match="append-only"), running.engine.begin() as connection:
                connection.execute(text(statement))
        found = running.client.get("/v1/audit/verification", headers=admin).json()
        assert (found["intact"], found["entries"], found["broken_at"]) == (True, 6, None)
        with running.engine.begin() as connection:
            if running.engine.dialect.name == "sqlite":
                connection.execute(text("DROP TRIGGER identity_audit_no_UPDATE"))
            else:
                connection.execute(text("ALTER TABLE identity_audit DISABLE TRIGGER identity_audit_kept"))
            connection.execute(text("UPDATE identity_audit SET actor = 'sam' WHERE sequence = 3"))
        broken = running.client.get("/v1/audit/verification", headers=admin).json()
        assert (broken["intact"], broken["entries"], broken["broken_at"]) == (False, 2, 3)
        assert running.signals.events("audit.broken")[0]["sequence"] == 3
        assert running.signals.value("identity_audit_verifications_total", outcome="broken") == 1


def test_two_instances_keep_one_chain_one_first_key_and_the_same_revocations(start: Start) -> None:
    with start() as one, start() as two:
        tokens = [running.sign_in(name) for name in ("ada", "dev") for running in (one, two)]
        assert (
            one.client.get("/.well-known/jwks.json").json() == two.client.get("/.well-known/jwks.json").json()
        )
        assert one.client.get("/v1/audit/verification", headers=two.headers()).json()["intact"]
        one.client.post("/v1/token/revoke", data={"token": tokens[1]["access_token"]})
        refreshed(two)
        assert not two.active(tokens[1]["access_token"])
        assert two.active(tokens[2]["access_token"])
        key = one.client.post("/v1/keys/rotate", headers=one.headers()).json()
        refreshed(two)
        assert key["key_id"] in {k["kid"] for k in two.client.get("/.well-known/jwks.json").json()["keys"]}


def test_a_key_signs_after_it_is_known_and_leaves_after_its_last_token(start: Start) -> None:
    with start() as running:

        def published() -> set[str]:
            refreshed(running)
            return {k["kid"] for k in running.client.get("/.well-known/jwks.json").json()["keys"]}

        (first,) = published()
        second = running.client.post("/v1/keys/rotate", headers=running.headers()).json()["key_id"]
        assert published() == {first, second}
        running.clock.ahead += 58
        late = running.sign_in("dev")[
            "access_token"
        ]  # by the first key, since the second may not be known yet
        running.clock.ahead += 3
        early = running.sign_in("dev")["access_token"]
        running.clock.ahead += 590
        assert published() == {first, second}
        assert (running.active(late), running.active(early)) == (True, True)
        running.clock.ahead += 30
        assert published() == {second}
        assert running.client.get("/v1/audit/verification", headers=running.headers()).json()["intact"]


def test_a_compromised_key_leaves_at_once_with_every_token_it_signed(start: Start) -> None:
    with start() as running:
        token = running.sign_in("dev")["access_token"]
        old = {k["kid"] for k in running.client.get("/.well-known/jwks.json").json()["keys"]}
        answer = running.client.post(
            "/v1/keys/rotate", json={"compromised": True}, headers=running.headers()
        ).json()
        keys = {k["kid"] for k in running.client.get("/.well-known/jwks.json").json()["keys"]}
        assert keys == {answer["key_id"]}
        assert not keys & old
        assert not running.active(token)
        assert len(revocations(running)) == 2
        assert running.active(running.sign_in("dev")["access_token"])


def test_private_keys_are_sealed_and_the_seal_is_for_its_owner_only(start: Start) -> None:
    with start() as running:
        file = running.settings.sealing_file()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        with running.engine.connect() as connection:
            (sealed,) = connection.execute(text("SELECT sealed FROM identity_keys")).scalars()
        assert sealed.count(".") == 4  # JWE in its compact form
    file.write_text("x" * 40)
    with start() as other:
        ready = other.client.get("/ready")
        assert ready.status_code == 503
        assert "does not open" in ready.json()["dependencies"]["postgresql"]
        assert other.client.get("/.well-known/jwks.json").status_code == 503
        assert other.token("client_credentials", client_id="gateway", client_secret=SECRET).status_code == 503


def test_the_seal_of_a_sqlite_file_is_beside_it() -> None:
    assert Settings(database="sqlite:////var/lib/identity.db").sealing_file() == Path(
        "/var/lib/identity.db.key"
    )
    with pytest.raises(ValueError, match="IDENTITY_SIGNING_KEY_FILE"):
        Settings(database="postgresql+psycopg://x@y/z").sealing_file()


def test_without_redis_tokens_are_issued_without_refresh_and_revoked_for_good(
    start: Start, redis: RedisServer
) -> None:
    with start() as running:
        before = running.sign_in("dev")
        redis.stop()
        during = running.sign_in("dev")
        assert during["refresh_token"] is None
        assert running.signals.events("refresh.unavailable")
        assert (
            running.signals.value("identity_tokens_issued_total", grant="password", outcome="degraded") == 1
        )
        ready = running.client.get("/ready")
        assert (ready.status_code, ready.json()["dependencies"]["postgresql"]) == (503, "up")
        refused = running.token("refresh_token", refresh_token=before["refresh_token"])
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
        running.client.post("/v1/token/revoke", data={"token": during["access_token"]})
        assert not running.active(during["access_token"])
        assert running.active(before["access_token"])
        # Redis comes back without its memory: what was revoked is in it again, refresh tokens are over.
        redis.start()
        wait_for(lambda: running.client.get("/ready").status_code == 200)
        refreshed(running)
        with Redis.from_url(redis.url) as client:
            assert [token.decode() for token in client.zrange(KEY, 0, -1)] == revocations(running)
        over = running.token("refresh_token", refresh_token=before["refresh_token"])
        assert (over.status_code, over.json()["error"]) == (400, "invalid_grant")


def test_redis_that_lost_its_memory_brings_no_token_back(start: Start, redis: RedisServer) -> None:
    with start() as running:
        gone = running.sign_in("dev")["access_token"]
        running.client.post("/v1/token/revoke", data={"token": gone})
    emptied(redis.url)
    with start() as other:
        assert not other.active(gone)
        assert len(revocations(other)) == 1


def test_without_the_database_keys_and_revocations_go_on(tmp_path: Path, redis: RedisServer) -> None:
    folder = tmp_path / "mortal"
    folder.mkdir()
    with postgresql(folder) as url:
        running = Running(tmp_path, redis.url, url)
        running.client.__enter__()
        token = running.sign_in("dev")["access_token"]
    try:
        assert running.client.get("/health").status_code == 200
        assert running.client.get("/ready").status_code == 503
        assert running.client.get("/.well-known/jwks.json").status_code == 200
        assert running.client.get("/v1/roles", headers=bearer(token)).status_code == 200
        refused = running.token(username="dev", password=SECRET)
        assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
        # Redis remembers for the database until it is back.
        assert running.client.post("/v1/token/revoke", data={"token": token}).status_code == 200
        assert running.client.get("/v1/roles", headers=bearer(token)).status_code == 401
        assert running.signals.events("revocation.pending")
        assert running.signals.events("audit.missed")
        assert running.signals.value("identity_audit_missed_total") == 1
        with Redis.from_url(redis.url) as client:
            assert client.zcard(KEY) == 1
    finally:
        running.client.__exit__(None, None, None)


def test_identity_that_starts_before_its_database_serves_once_it_is_there(
    tmp_path: Path, redis: RedisServer
) -> None:
    # A folder where the file should be: SQLite can't open it, until it is gone.
    obstacle = tmp_path / "late.db"
    obstacle.mkdir()
    with Running(tmp_path, redis.url, f"sqlite:///{obstacle}") as running:
        assert running.client.get("/ready").status_code == 503
        assert running.client.get("/.well-known/jwks.json").status_code == 503
        obstacle.rmdir()
        wait_for(lambda: running.client.get("/ready").status_code == 200)
        assert running.sign_in("dev")


async def _follow(url: str, running: Running) -> None:
    async with httpx.AsyncClient(base_url=url) as client:
        keys = RemoteKeys(client)
        verifier = Verifier(keys)
        with pytest.raises(HTTPException):
            keys.key("any")
        await keys.refresh()
        token = await AccountTokens(client, "gateway", SECRET).token()
        assert verifier.principal(token).tenant == "platform"
        await client.post("/v1/token/revoke", data={"token": token})
        assert verifier.principal(token)  # not yet heard
        await keys.refresh()
        with pytest.raises(Denied) as denied:
            verifier.principal(token)
        assert denied.value.reason == "revoked"
        assert running.signals.value("identity_tokens_revoked_total", reason="asked") == 1


def test_other_services_learn_of_keys_and_revocations_over_http(start: Start) -> None:
    running = start()
    with served(running.app) as url:
        asyncio.run(_follow(url, running))


def test_a_sqlite_commit_is_on_the_disk_when_it_is_acknowledged(tmp_path: Path, redis: RedisServer) -> None:
    with Running(tmp_path, redis.url) as running, running.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    with closing(sqlite3.connect(tmp_path / "identity.db")) as other:
        assert other.execute("SELECT count(*) FROM identity_accounts").fetchone() == (4,)
