"""The machine, as node_exporter 1.5 shows it."""

from slo import Counter, Dependency, Gauge

_CPU: dict[str, tuple[str, ...]] = {"cpu": (), "mode": ()}
_FILES: dict[str, tuple[str, ...]] = {"device": (), "fstype": (), "mountpoint": ()}
_DEVICE: dict[str, tuple[str, ...]] = {"device": ()}

node = Dependency(
    name="node",
    title="Machine",
    metrics_port=10040,
    owner="platform",
    tier=2,
    metrics=(
        Counter(name="node_cpu_seconds_total", help="Time of each processor by what it did.", labels=_CPU),
        Gauge(name="node_load1", help="Processes that ran or waited, over a minute."),
        Gauge(name="node_memory_MemTotal_bytes", help="All memory."),
        Gauge(name="node_memory_MemAvailable_bytes", help="Memory that can be had without swapping."),
        Gauge(name="node_filesystem_size_bytes", help="All space.", labels=_FILES),
        Gauge(name="node_filesystem_avail_bytes", help="Space that is left to users.", labels=_FILES),
        Gauge(name="node_filesystem_files", help="All inodes.", labels=_FILES),
        Gauge(name="node_filesystem_files_free", help="Inodes that are left.", labels=_FILES),
        Gauge(name="node_filesystem_readonly", help="Whether it can only be read.", labels=_FILES),
        Gauge(name="node_filefd_allocated", help="File descriptors in use."),
        Gauge(name="node_filefd_maximum", help="The most file descriptors."),
        Counter(name="node_disk_io_time_seconds_total", help="Time of transfers.", labels=_DEVICE),
        Counter(name="node_network_receive_errs_total", help="Errors of receiving.", labels=_DEVICE),
        Counter(name="node_network_transmit_errs_total", help="Errors of sending.", labels=_DEVICE),
        Gauge(name="node_boot_time_seconds", help="When the machine started."),
    ),
)
