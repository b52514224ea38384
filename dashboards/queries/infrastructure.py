"""Of the exporters of what a platform stands on: what fills up, what is refused, what is late.

Source: Brendan Gregg, "The USE Method"; the metrics are those of each exporter's own reference.
"""

RATE = "$__rate_interval"

REDIS_MEMORY = "max(redis_memory_used_bytes)"
REDIS_LIMIT = "max(redis_memory_max_bytes) > 0"
REDIS_CLIENTS = "sum(redis_connected_clients)"
REDIS_COMMANDS = f"sum(rate(redis_commands_processed_total[{RATE}]))"
REDIS_EVICTED = f"sum(rate(redis_evicted_keys_total[{RATE}]))"
REDIS_REJECTED = f"sum(rate(redis_rejected_connections_total[{RATE}]))"
REDIS_HITS = (
    f"sum(rate(redis_keyspace_hits_total[{RATE}])) / (sum(rate(redis_keyspace_hits_total[{RATE}])) "
    f"+ sum(rate(redis_keyspace_misses_total[{RATE}])) > 0)"
)
REDIS_AOF = "min(redis_aof_last_write_status)"

POSTGRESQL_CONNECTIONS = "sum(pg_stat_activity_count) / sum(pg_settings_max_connections)"
POSTGRESQL_STATES = "sum by (state) (pg_stat_activity_count)"
POSTGRESQL_SIZE = 'topk(10, sum by (datname) (pg_database_size_bytes{datname!~"template.*"}))'
POSTGRESQL_SIZE_IN_A_WEEK = 'sum(predict_linear(pg_database_size_bytes{datname!~"template.*"}[6h], 604800))'
POSTGRESQL_COMMITS = f"sum(rate(pg_stat_database_xact_commit[{RATE}]))"
POSTGRESQL_ROLLBACKS = f"sum(rate(pg_stat_database_xact_rollback[{RATE}]))"
POSTGRESQL_DEADLOCKS = f"sum(rate(pg_stat_database_deadlocks[{RATE}]))"

QDRANT_VECTORS = "sum(collections_vector_total)"
QDRANT_FAILURES = f'sum(rate(rest_responses_total{{status=~"5.."}}[{RATE}]))'
QDRANT_P95 = f"histogram_quantile(0.95, sum by (le) (rate(rest_responses_duration_seconds_bucket[{RATE}])))"

CLICKHOUSE_QUERIES = f"sum(rate(ClickHouseProfileEvents_Query[{RATE}]))"
CLICKHOUSE_FAILED = f"sum(rate(ClickHouseProfileEvents_FailedQuery[{RATE}]))"
CLICKHOUSE_MEMORY = "sum(ClickHouseMetrics_MemoryTracking)"
CLICKHOUSE_DISK = "min(ClickHouseAsyncMetrics_DiskAvailable_default)"
CLICKHOUSE_DISK_IN_A_WEEK = "min(predict_linear(ClickHouseAsyncMetrics_DiskAvailable_default[6h], 604800))"

MINIO_FREE = "min(minio_cluster_capacity_usable_free_bytes)"
MINIO_FREE_IN_A_WEEK = "min(predict_linear(minio_cluster_capacity_usable_free_bytes[6h], 604800))"
MINIO_HEALTH = "min(minio_cluster_health_status)"
MINIO_DRIVES = "max(minio_cluster_drive_offline_total)"
MINIO_FAILURES = f"sum by (api) (rate(minio_s3_requests_5xx_errors_total[{RATE}]))"

BACKUP_AGE = "time() - max by (store) (backup_last_success_timestamp_seconds)"
BACKUP_SIZE = "max by (store) (backup_size_bytes)"
# An increase is extrapolated to the window's edges, and there is no half a drill.
DRILLS = "round(sum by (outcome) (increase(restore_drills_total[30d])))"
RESTORED_IN = "histogram_quantile(0.95, sum by (le) (increase(restore_drill_duration_seconds_bucket[30d])))"

NODE_CPU = f'1 - avg by (instance) (rate(node_cpu_seconds_total{{mode="idle"}}[{RATE}]))'
NODE_MEMORY = "1 - min by (instance) (node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes)"
NODE_DISK = 'max by (instance, mountpoint) (1 - node_filesystem_avail_bytes{fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes{fstype!~"tmpfs|overlay"})'
NODES_READY = 'min by (node) (kube_node_status_condition{condition="Ready",status="true"})'
POD_RESTARTS = (
    "topk(10, sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[1h])) > 0)"
)
PODS_WAITING = 'sum by (namespace) (kube_pod_status_phase{phase=~"Pending|Unknown|Failed"})'
CERTIFICATE_LEFT = "min by (instance) (probe_ssl_earliest_cert_expiry) - time()"
