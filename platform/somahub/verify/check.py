"""The contract: what a live platform says, held against its spec."""

from collections.abc import Collection

from slo.model import Dependency, Platform, Service
from somahub.verify import metrics, received
from somahub.verify.blind import Sight
from somahub.verify.exposition import Exposed, exposed
from somahub.verify.live import Said, Scraped
from somahub.verify.model import Report, ServiceReport, Signal

MOST_SERIES = 1000  # of one metric, above which there is a warning


def check(
    platform: Platform, sight: Sight, said: Said, only: Collection[str], most_series: int = MOST_SERIES
) -> Report:
    """These services against what they declare, also where they have nothing to be asked for.

    ``sight`` tells what reads their metrics.
    """
    seen = {one.service: one for one in said.summary.services}
    asked = []
    for service in (one for one in platform.services if one.name in only):
        if service.name in said.services:
            one = _scraped(platform, service, said.services[service.name], sight, most_series)
            if not isinstance(service, Dependency) and not said.error:
                mine = seen.get(service.name)
                events = (*received.resource(mine), *received.events(service, mine))
                one = one.model_copy(update={"events": events, "spans": received.spans(service, mine)})
            asked.append(one)
        elif isinstance(service, Dependency) and not service.scraped and service.metrics:
            # It has nothing to scrape: what it declares is unproven, or nobody will ever see it.
            found = metrics.judged(platform, service, {}, sight)
            asked.append(ServiceReport(service=service.name, url="", metrics=found))
    return Report(platform=platform.name, receiver=said.receiver, error=said.error, services=tuple(asked))


def _scraped(
    platform: Platform, service: Service, scraped: Scraped, sight: Sight, most_series: int
) -> ServiceReport:
    if scraped.error:
        return ServiceReport(service=service.name, url=scraped.url, error=scraped.error)
    forms, faults = [], []
    for answer, form in zip(scraped.answers, ("OpenMetrics", "the classic form"), strict=True):
        if form == "OpenMetrics" and not answer.is_openmetrics and not isinstance(service, Dependency):
            faults.append(f"does not speak OpenMetrics, but {answer.content_type or 'nothing'}")
        try:
            forms.append(exposed(answer))
        except (ValueError, KeyError) as error:
            faults.append(f"can't be read as {form}: {error or 'malformed'}")
    faults += _apart(*forms) if len(forms) > 1 else ()
    found = forms[0] if forms else {}
    judged = metrics.judged(platform, service, found, sight)
    fault = Signal(kind="exposition", name="/metrics", state="wrong", why=tuple(faults))
    others = metrics.undeclared(service, found) if isinstance(service, Dependency) else []
    return ServiceReport(
        service=service.name,
        url=scraped.url,
        metrics=(fault, *judged) if faults else judged,
        undeclared=len(others),
        warnings=tuple(
            f"{one.name} has {one.seen} series, more than {most_series}: is one of its labels without bound?"
            for one in judged
            if one.seen > most_series
        ),
    )


def _apart(openmetrics: Exposed, classic: Exposed) -> list[str]:
    """Series may come between two scrapes; names and types don't."""
    one, other = ({(name, family.type) for name, family in form.items()} for form in (openmetrics, classic))
    return [
        f"says {name} ({kind}) in {'OpenMetrics' if (name, kind) in one else 'the classic form'} only"
        for name, kind in sorted(one ^ other)
    ]
