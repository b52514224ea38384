"""The contract: what a live platform says, held against its spec."""

from collections.abc import Collection

from slo.model import Dependency, Platform, Service
from somahub.otlp.models import ServiceSummary
from somahub.verify import metrics, received
from somahub.verify.blind import Sight
from somahub.verify.exposition import Answer, Exposed, exposed
from somahub.verify.idle import idle
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
        scraped = said.services.get(service.name)
        if isinstance(service, Dependency) and _out_of_sight(service, scraped):
            if found := metrics.judged(service, {}, sight):
                asked.append(ServiceReport(service=service.name, url="", metrics=found))
        elif scraped and scraped.error:
            asked.append(ServiceReport(service=service.name, url=scraped.url, error=scraped.error))
        elif scraped and isinstance(service, Dependency):
            asked.append(_of_exporter(service, scraped, sight))
        elif scraped:
            one = seen.get(service.name)
            asked.append(_of_service(service, scraped, one, sight, most_series, received_too=not said.error))
    return Report(platform=platform.name, receiver=said.receiver, error=said.error, services=tuple(asked))


def _out_of_sight(dependency: Dependency, scraped: Scraped | None) -> bool:
    """Whether it has no metrics to ask for here, as its spec says by its ports or of each metric."""
    if scraped is None:
        return True
    return bool(scraped.error) and all(metric.unproven for metric in dependency.metrics)


def _of_exporter(dependency: Dependency, scraped: Scraped, sight: Sight) -> ServiceReport:
    """What a dependency has beyond its declaration is only counted; that it speaks the classic form will do."""
    found, faults = _read(scraped.answers[1])
    judged = metrics.judged(dependency, found, sight)
    return ServiceReport(
        service=dependency.name,
        url=scraped.url,
        metrics=(*_exposition(faults), *judged),
        undeclared=len(metrics.undeclared(dependency, found)),
    )


def _of_service(  # noqa: PLR0913 - what is known of one service
    service: Service,
    scraped: Scraped,
    seen: ServiceSummary | None,
    sight: Sight,
    most_series: int,
    *,
    received_too: bool,
) -> ServiceReport:
    (found, faults), (classic, more) = map(_read, scraped.answers)
    if not scraped.answers[0].is_openmetrics:
        faults.append(f"does not speak OpenMetrics, but {scraped.answers[0].content_type or 'nothing'}")
    faults += more or _apart(found, classic)
    well = idle(service, found, seen)
    judged = metrics.judged(service, found, sight, well)
    return ServiceReport(
        service=service.name,
        url=scraped.url,
        metrics=(*_exposition(faults), *judged),
        events=(*received.resource(seen), *received.events(service, seen, well)) if received_too else (),
        spans=received.spans(service, seen, well) if received_too else (),
        warnings=tuple(
            f"{one.name} has {one.seen} series, more than {most_series}: is one of its labels without bound?"
            for one in judged
            if one.seen > most_series
        ),
    )


def _read(answer: Answer) -> tuple[Exposed, list[str]]:
    try:
        return exposed(answer), []
    except (ValueError, KeyError) as error:
        return {}, [
            f"can't be read as {answer.content_type.partition(';')[0] or 'text'}: {error or 'malformed'}"
        ]


def _exposition(faults: list[str]) -> tuple[Signal, ...]:
    return (Signal(kind="exposition", name="/metrics", state="wrong", why=tuple(faults)),) if faults else ()


def _apart(openmetrics: Exposed, classic: Exposed) -> list[str]:
    """Series may come between two scrapes; names and types don't."""
    one, other = ({(name, family.type) for name, family in form.items()} for form in (openmetrics, classic))
    return [
        f"says {name} ({kind}) in {'OpenMetrics' if (name, kind) in one else 'the classic form'} only"
        for name, kind in sorted(one ^ other)
    ]
