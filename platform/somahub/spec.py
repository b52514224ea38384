"""The platform's own spec: each service is a module of ``somahub.services``, each dependency of ``somahub.dependencies``."""

from slo import Platform
from somahub.alerting import alerted
from somahub.dependencies.alertmanager import alertmanager
from somahub.dependencies.backups import backups
from somahub.dependencies.blackbox import blackbox
from somahub.dependencies.certificates import certificates
from somahub.dependencies.clickhouse import clickhouse
from somahub.dependencies.core import core_infrastructure
from somahub.dependencies.drift import drift
from somahub.dependencies.history import history
from somahub.dependencies.kubernetes import kubernetes
from somahub.dependencies.minio import minio
from somahub.dependencies.node import node
from somahub.dependencies.pager import pager
from somahub.dependencies.postgresql import postgresql
from somahub.dependencies.prometheus import prometheus
from somahub.dependencies.qdrant import qdrant
from somahub.dependencies.redis import redis
from somahub.dependencies.temporal import temporal
from somahub.oncall import oncall
from somahub.services.gateway.spec import gateway
from somahub.services.identity.spec import identity
from somahub.services.memory_gateway.spec import memory_gateway
from somahub.services.orchestrator.spec import orchestrator, orchestrator_worker
from somahub.services.policy_engine.spec import policy_engine
from somahub.services.tool_service.spec import tool_service

platform = Platform(
    name="soma-agent-hub",
    oncall=oncall,
    services=alerted(
        (
            gateway,
            orchestrator,
            orchestrator_worker,
            identity,
            policy_engine,
            memory_gateway,
            tool_service,
            core_infrastructure,
            temporal,
            redis,
            postgresql,
            qdrant,
            clickhouse,
            minio,
            backups,
            certificates,
            drift,
            blackbox,
            node,
            kubernetes,
            prometheus,
            alertmanager,
            pager,
            history,
        )
    ),
)
