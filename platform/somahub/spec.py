"""The platform's own spec: each service is a module of ``somahub.services``, each dependency of ``somahub.dependencies``."""

from slo import Platform
from somahub.dependencies.backups import backups
from somahub.dependencies.clickhouse import clickhouse
from somahub.dependencies.minio import minio
from somahub.dependencies.postgresql import postgresql
from somahub.dependencies.qdrant import qdrant
from somahub.dependencies.redis import redis
from somahub.services.gateway.spec import gateway
from somahub.services.policy_engine.spec import policy_engine
from somahub.services.tool_service.spec import tool_service

platform = Platform(
    name="soma-agent-hub",
    services=(
        gateway,
        policy_engine,
        tool_service,
        redis,
        postgresql,
        qdrant,
        clickhouse,
        minio,
        backups,
    ),
)
