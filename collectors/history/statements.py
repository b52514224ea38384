"""What ClickHouse is told: its tables, and how they are read."""

TABLES = (
    """CREATE TABLE IF NOT EXISTS history_slots (
        slo_id LowCardinality(String), labels LowCardinality(String), region LowCardinality(String),
        unit LowCardinality(String), slot UInt32 CODEC(DoubleDelta, ZSTD), hourly UInt8,
        bad Float64 CODEC(ZSTD), total Float64 CODEC(ZSTD),
        known Float64 CODEC(ZSTD), recovered Float64 CODEC(ZSTD), fullness UInt64 CODEC(ZSTD)
    ) ENGINE = ReplacingMergeTree(fullness)
    PARTITION BY toYYYYMM(toDateTime(slot, 'UTC')) ORDER BY (slo_id, labels, region, slot)""",
    """CREATE TABLE IF NOT EXISTS history_watermarks (
        slo_id String, region String,
        since SimpleAggregateFunction(min, Int64), until SimpleAggregateFunction(max, Int64)
    ) ENGINE = AggregatingMergeTree ORDER BY (slo_id, region)""",
    """CREATE TABLE IF NOT EXISTS history_objectives (
        slo_id String, since Int64, objective String, period String
    ) ENGINE = ReplacingMergeTree ORDER BY (slo_id, since)""",
)

MARKS = "SELECT slo_id, region, min(since), max(until) FROM history_watermarks GROUP BY slo_id, region"
OBJECTIVES = "SELECT slo_id, since, objective, period FROM history_objectives FINAL ORDER BY slo_id, since"

SLO = """SELECT labels, region, unit, slot, hourly, bad, total, known, recovered, fullness
FROM history_slots FINAL
WHERE slo_id = {slo_id:String} AND slot >= {first:UInt32} AND slot < {last:UInt32}
ORDER BY labels, region, slot"""
SERIES = """SELECT labels, region, unit, slot, hourly, bad, total, known, recovered, fullness
FROM history_slots FINAL
WHERE slo_id = {slo_id:String} AND labels = {labels:String} AND region = {region:String} AND slot < {last:UInt32}
ORDER BY slot"""

ANY = "SELECT 1 FROM history_slots LIMIT 1"
ALL_SERIES = "SELECT DISTINCT slo_id, labels, region FROM history_slots ORDER BY slo_id, labels, region"
FINE_SERIES = """SELECT DISTINCT slo_id, labels, region FROM history_slots FINAL
WHERE slot < {last:UInt32} AND NOT hourly ORDER BY slo_id, labels, region"""
OLD_DAYS = """SELECT uniqExact(slo_id, labels, region, intDiv(slot, 86400)) FROM history_slots
WHERE slot < {last:UInt32}"""
FORGET = "ALTER TABLE history_slots DELETE WHERE slot < {last:UInt32} SETTINGS mutations_sync = 2"
