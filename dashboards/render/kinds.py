"""What each kind of panel has beside the rest, in the types of its plugin."""

from collections.abc import Callable

from grafana_foundation_sdk.models import (
    bargauge,
    common,
    heatmap,
    logs,
    stat,
    statetimeline,
    table,
    text,
    timeseries,
)

from dashboards.board import Kind, Panel

_LAST = common.ReduceDataOptions(values=False, calcs=["lastNotNull"], fields="")
_ALL = common.VizTooltipOptions(mode=common.TooltipDisplayMode.MULTI, sort=common.SortOrder.DESCENDING)
_FILLED, _LINED = 10, 0


def options(panel: Panel) -> object:
    """The options of a panel's plugin."""
    return _OPTIONS[panel.kind](panel)


def custom(panel: Panel) -> object | None:
    """The plugin's part of the field configuration, where it has one."""
    if panel.kind == "timeseries":
        style = common.GraphThresholdsStyleMode
        return timeseries.FieldConfig(
            line_width=2,
            fill_opacity=40 if panel.stacked else _FILLED if len(panel.queries) == 1 else _LINED,
            # Alone between two gaps, a value would not be seen.
            show_points=common.VisibilityMode.AUTO,
            span_nulls=False,
            stacking=common.StackingConfig(mode=common.StackingMode.NORMAL) if panel.stacked else None,
            thresholds_style=common.GraphThresholdsStyleConfig(
                mode=style.DASHED if panel.steps else style.OFF
            ),
        )
    if panel.kind == "state-timeline":
        return statetimeline.FieldConfig(fill_opacity=80)
    return None


def _stat(_: Panel) -> object:
    return stat.Options(
        graph_mode=common.BigValueGraphMode.NONE,
        color_mode=common.BigValueColorMode.VALUE,
        reduce_options=_LAST,
        text_mode=common.BigValueTextMode.AUTO,
    )


def _timeseries(panel: Panel) -> object:
    # Few series read well below the graph; many as a table would leave no room on a phone.
    legend = common.VizLegendOptions(
        display_mode=common.LegendDisplayMode.LIST,
        placement=common.LegendPlacement.BOTTOM,
        show_legend=True,
        calcs=["lastNotNull"] if len(panel.queries) > 1 else [],
    )
    return timeseries.Options(legend=legend, tooltip=_ALL)


def _heatmap(panel: Panel) -> object:
    return heatmap.Options(
        calculate=False,
        color=heatmap.HeatmapColorOptions(
            mode=heatmap.HeatmapColorMode.SCHEME,
            # Rises in lightness alone, which any eye reads.
            scheme="Viridis",
            scale=heatmap.HeatmapColorScale.EXPONENTIAL,
            exponent=0.5,
            steps=64,
        ),
        y_axis=heatmap.YAxisConfig(unit=panel.unit),
        exemplars=heatmap.ExemplarConfig(color="#D55E00"),
        legend=heatmap.HeatmapLegend(show=True),
        tooltip=heatmap.HeatmapTooltip(mode=common.TooltipDisplayMode.SINGLE, y_histogram=True),
    )


def _table(panel: Panel) -> object:
    sort = [common.TableSortByFieldState(display_name=panel.sort, desc=False)] if panel.sort else []
    return table.Options(sort_by=sort)


def _bargauge(_: Panel) -> object:
    return bargauge.Options(
        display_mode=common.BarGaugeDisplayMode.BASIC,
        orientation=common.VizOrientation.HORIZONTAL,
        reduce_options=_LAST,
        value_mode=common.BarGaugeValueMode.TEXT,
    )


def _statetimeline(_: Panel) -> object:
    return statetimeline.Options(
        show_value=common.VisibilityMode.NEVER,
        merge_values=True,
        legend=common.VizLegendOptions(
            display_mode=common.LegendDisplayMode.LIST,
            placement=common.LegendPlacement.BOTTOM,
            show_legend=True,
            calcs=[],
        ),
        per_page=20,
    )


def _text(panel: Panel) -> object:
    return text.Options(mode=text.TextMode.MARKDOWN, content=panel.text)


def _logs(_: Panel) -> object:
    return logs.Options(
        show_time=True,
        wrap_log_message=True,
        enable_log_details=True,
        sort_order=common.LogsSortOrder.DESCENDING,
        dedup_strategy=common.LogsDedupStrategy.NONE,
    )


_OPTIONS: dict[Kind, Callable[[Panel], object]] = {
    "stat": _stat,
    "timeseries": _timeseries,
    "heatmap": _heatmap,
    "table": _table,
    "bargauge": _bargauge,
    "state-timeline": _statetimeline,
    "text": _text,
    "logs": _logs,
}
