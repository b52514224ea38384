"""Redis as redis_exporter 1.45 shows it."""

from decimal import Decimal

from slo import SLO, Counter, Dependency, Gauge, Uptime

redis = Dependency(
    name="redis",
    title="Redis",
    port=10003,
    metrics_port=10023,
    owner="platform",
    tier=1,
    slos=(SLO(name="uptime", objective=Decimal("99.99"), sli=Uptime(probe='redis_up{job="redis"}')),),
    metrics=(
        Gauge(name="redis_up", help="Whether Redis answers its exporter."),
        Gauge(name="redis_connected_clients", help="Clients connected."),
        Gauge(name="redis_config_maxclients", help="The most clients."),
        Gauge(name="redis_memory_used_bytes", help="Memory in use."),
        Gauge(name="redis_memory_max_bytes", help="The limit of memory; 0 where there is none."),
        Gauge(
            name="redis_aof_last_write_status",
            help="Whether the last write of the append-only file was well.",
        ),
        Counter(name="redis_commands_processed_total", help="Commands."),
        Counter(name="redis_rejected_connections_total", help="Connections refused for their number."),
        Counter(name="redis_evicted_keys_total", help="Keys evicted for want of memory."),
        Counter(name="redis_keyspace_hits_total", help="Keys found."),
        Counter(name="redis_keyspace_misses_total", help="Keys not found."),
    ),
)
