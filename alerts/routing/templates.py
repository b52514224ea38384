"""Texts of what Alertmanager itself sends, as its Go templates: what burns, since when, what is left, where to look.

https://prometheus.io/docs/alerting/latest/notifications/
"""

from slo.rulefile import MARK

FOLDER = "alertmanager/templates"
# What Slack reads as markup: https://docs.slack.dev/messaging/formatting-message-text/#escaping
_SLACK_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_TIME = '"2006-01-02 15:04 MST"'


def _escaped(field: str) -> str:
    """A text of an alert as Slack shows it, in place of the call of the template."""
    replaced = "".join(f' | reReplaceAll "{mark}" "{shown}"' for mark, shown in _SLACK_MARKUP.items())
    return f"{{{{ {field}{replaced} }}}}"


def _title(summary: str) -> str:
    """In one line, for a subject."""
    return (
        "{{ with .CommonLabels.priority }}[{{ . }}] {{ end }}"
        '{{ if eq .Status "resolved" }}Resolved: {{ end }}'
        f"{{{{ with .CommonAnnotations.summary }}}}{summary}"
        "{{ else }}{{ with .CommonLabels.slo_service }}{{ . }}: {{ end }}{{ len .Alerts }} alerts"
        "{{ with .CommonLabels.alertname }}, {{ . }}{{ end }}{{ end }}"
    )


TITLE, SLACK_TITLE = _title("{{ . }}"), _title(_escaped("."))
PLAIN = f"""\
{{{{ range .Alerts }}}}{{{{ .Annotations.summary }}}}{{{{ if eq .Status "resolved" }}}} (resolved){{{{ end }}}}
{{{{ .Annotations.description }}}}

Priority:  {{{{ .Labels.priority }}}} ({{{{ .Labels.severity }}}})
Service:   {{{{ .Labels.slo_service }}}}, of team {{{{ .Labels.team }}}}
Since:     {{{{ .StartsAt.UTC.Format {_TIME} }}}}{{{{ if eq .Status "resolved" }}}} until {{{{ .EndsAt.UTC.Format {_TIME} }}}}{{{{ end }}}}
Runbook:   {{{{ .Annotations.runbook_url }}}}
Dashboard: {{{{ .Annotations.dashboard_url }}}}

{{{{ end }}}}"""
SLACK = f"""\
{{{{ range .Alerts }}}}*{_escaped(".Annotations.summary")}*{{{{ if eq .Status "resolved" }}}} (resolved){{{{ end }}}}
{_escaped(".Annotations.description")}
{{{{ .Labels.priority }}}} · {{{{ .Labels.severity }}}} · {{{{ .Labels.team }}}} · since {{{{ .StartsAt.UTC.Format {_TIME} }}}}\
{{{{ with .Annotations.runbook_url }}}} · <{{{{ . }}}}|Runbook>{{{{ end }}}}\
{{{{ with .Annotations.dashboard_url }}}} · <{{{{ . }}}}|Dashboard>{{{{ end }}}}
{{{{ end }}}}"""
COLOR = (
    '{{ if eq .Status "resolved" }}good'
    '{{ else if eq .CommonLabels.severity "page" }}danger{{ else }}warning{{ end }}'
)
# A mail client knows no style sheet: each element has its own.
HTML = f"""\
<div style="font:15px/1.5 system-ui,sans-serif;max-width:40rem;color:#1f2328">
{{{{ range .Alerts }}}}
<div style="border-left:4px solid {{{{ if eq .Status "resolved" }}}}#1a7f37{{{{ else if eq .Labels.severity "page" }}}}#cf222e\
{{{{ else }}}}#bf8700{{{{ end }}}};padding:.2rem 1rem;margin:1rem 0">
<h2 style="font-size:1.1rem;margin:.3rem 0">{{{{ .Annotations.summary }}}}\
{{{{ if eq .Status "resolved" }}}} (resolved){{{{ end }}}}</h2>
<p style="margin:.3rem 0">{{{{ .Annotations.description }}}}</p>
<p style="margin:.3rem 0;color:#59636e">{{{{ .Labels.priority }}}} · {{{{ .Labels.severity }}}} · \
{{{{ .Labels.slo_service }}}} · team {{{{ .Labels.team }}}} · since {{{{ .StartsAt.UTC.Format {_TIME} }}}}</p>
<p style="margin:.3rem 0">\
{{{{ with .Annotations.runbook_url }}}}<a href="{{{{ . }}}}">Runbook</a>{{{{ end }}}} \
{{{{ with .Annotations.dashboard_url }}}}<a href="{{{{ . }}}}">Dashboard</a>{{{{ end }}}}</p>
</div>
{{{{ end }}}}
</div>"""


def scale(values: str) -> str:
    """What a receiver calls each of our four priorities, in their order; without one it is the third."""
    p0, p1, p2, p3 = values.split()
    return (
        f'{{{{ if eq .CommonLabels.priority "P0" }}}}{p0}{{{{ else if eq .CommonLabels.priority "P1" }}}}{p1}'
        f'{{{{ else if eq .CommonLabels.priority "P3" }}}}{p3}{{{{ else }}}}{p2}{{{{ end }}}}'
    )


NAMES = {
    "slo.title": TITLE,
    "slo.plain": PLAIN,
    "slo.slack": SLACK,
    "slo.slack.title": SLACK_TITLE,
    "slo.color": COLOR,
    "slo.html": HTML,
    "slo.pagerduty.severity": scale("critical error warning info"),
    "slo.opsgenie.priority": scale("P1 P2 P3 P4"),
    "slo.jira.priority": scale("Highest High Medium Low"),
}


def templates() -> dict[str, str]:
    """Files by their paths."""
    parts = "\n".join(f'{{{{ define "{name}" }}}}{text}{{{{ end }}}}' for name, text in NAMES.items())
    return {f"{FOLDER}/slo.tmpl": f"{{{{/* {MARK} */}}}}\n{parts}\n"}


def named(name: str) -> str:
    """The call of a template, as a field's value."""
    return f'{{{{ template "{name}" . }}}}'


def written_out(text: str) -> str:
    """A field's value with the template itself instead of its call, for who can load no files."""
    for name, body in NAMES.items():
        text = text.replace(named(name), body)
    return text
