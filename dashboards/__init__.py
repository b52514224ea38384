"""Grafana dashboards from the spec."""

from dashboards.board import Board, Panel, Query
from dashboards.boards import all_boards
from dashboards.links import folder_uid
from dashboards.pipeline import pipeline_files
from dashboards.provisioning import provisioning_files
from dashboards.texts import board_bodies, dashboard_files
from dashboards.variables import ANYTHING, filled
from dashboards.where import Where

__all__ = [
    "ANYTHING",
    "Board",
    "Panel",
    "Query",
    "Where",
    "all_boards",
    "board_bodies",
    "dashboard_files",
    "filled",
    "folder_uid",
    "pipeline_files",
    "provisioning_files",
]
