"""The pager's tables; times are seconds since 1970, UTC."""

from sqlalchemy import JSON, Column, Double, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

# ``open_key`` is the group while an incident is open, and unique: two replicas can't open it twice.
incidents = Table(
    "incidents",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("key", Text, nullable=False, index=True),
    Column("open_key", Text, unique=True),
    Column("team", Text, nullable=False),
    Column("severity", String(8), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("created", Double, nullable=False),
    Column("next_at", Double, index=True),
    Column("document", Text, nullable=False),
)

# Every alert ever told, by its start: what is over stays over, however late it is told again. With a receiver, it is
# what Alertmanager leaves to the pager to deliver there.
alerts = Table(
    "alerts",
    metadata,
    Column("fingerprint", String(256), primary_key=True),
    Column("starts_at", String(40), primary_key=True),
    Column("receiver", String(64), primary_key=True),
    Column("incident", String(32), nullable=False),
    Column("status", String(8), nullable=False),
    Column("received_at", String(40), nullable=False),
    Column("ends_at", String(40)),
    Column("labels", JSON, nullable=False),
    Column("annotations", JSON, nullable=False),
)

# ``owner``, a replica in one epoch, may send until ``lease``; after that, whoever asks first.
outbox = Table(
    "outbox",
    metadata,
    Column("dedup_key", String(256), primary_key=True),
    Column("incident", String(32), nullable=False, index=True),
    Column("occasion", String(16), nullable=False),
    Column("step", Integer, nullable=False),
    Column("receiver", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created", Double, nullable=False),
    Column("due", Double, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("owner", String(128)),
    Column("lease", Double),
    Column("sent", Double),
    Column("error", Text),
    Column("answer", Text),
    Index("outbox_waiting", "state", "due"),
)

# Replicas by their names, and how often each has started.
replicas = Table(
    "replicas",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("began", Double, nullable=False),
)

overrides = Table(
    "overrides",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("rotation", String(64), nullable=False),
    Column("person", String(64), nullable=False),
    Column("start", Double, nullable=False),
    Column("end", Double, nullable=False),
    Column("by", String(64), nullable=False),
)

# When something was last heard of: the watchdog, and each replica that could write.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("at", Double, nullable=False),
)
