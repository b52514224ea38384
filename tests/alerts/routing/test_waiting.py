from datetime import timedelta

from paged import alert, dependency, service

from alerts.routing.inhibition import inhibitions, needing
from alerts.routing.waiting import symptom_wait
from slo import SLO, Composite, HttpAvailability, Platform, Service


def shop(objective: str) -> Service:
    return Service(name="shop", slos=(SLO(name="a", objective=objective, sli=HttpAvailability()),))


def test_a_symptom_waits_for_the_outage_less_the_time_that_it_takes_to_burn() -> None:
    # Told within 60 s of for, 15 of scraping and two evaluations of 30; a page takes 1.44 % of an hour, or 0.144 %.
    assert symptom_wait(Platform(name="p", services=(shop("99.9"), dependency("redis", "unowned")))) == "85s"
    later = dependency("redis", "unowned").model_copy(update={"slos": ()})
    assert symptom_wait(Platform(name="p", services=(shop("99.99"), later))) == "2m"
    assert symptom_wait(Platform(name="p", services=(shop("99"), later))) == "10s"


def test_a_brisk_platform_waits_briefly_and_one_that_tells_no_outages_not_at_all() -> None:
    redis = dependency("redis", "unowned")
    redis = redis.model_copy(update={"alerts": (alert("DependencyDown", "down", hold="10s"),)})
    brisk = {"scrape_interval": timedelta(seconds=5), "evaluation_interval": timedelta(seconds=5)}
    assert symptom_wait(Platform(name="p", services=(shop("99.99"), redis), **brisk)) == "20s"
    assert symptom_wait(Platform(name="p", services=(shop("99.99"),))) == "10s"


def test_an_outage_explains_symptoms_along_the_whole_chain_of_needs_and_of_composites() -> None:
    whole = SLO(name="whole", objective="99", sli=Composite(of={"redis-uptime": 1}, mode="worst-of"))
    platform = Platform(
        name="p",
        services=(
            dependency("redis", "unowned"),
            dependency("disk", "unowned"),
            service("sessions", ("redis",), "unowned"),
            service("web.shop", ("sessions",), "unowned"),
            service("search", (), "unowned"),
            Service(name="core", slos=(whole,)),
        ),
    )
    assert needing(platform, "redis") == {"sessions", "web.shop"}
    assert needing(platform, "disk") == set()
    rules = [
        (sorted(map(str, rule.source)), sorted(map(str, rule.target)), rule.equal)
        for rule in inhibitions(platform)
    ]
    outage = ['alertname="DependencyDown"', 'slo_service="redis"']
    assert rules[3:] == [
        (outage, ['signal="symptom"', 'slo_service=~"sessions|web\\\\.shop"'], ()),
        (outage, ['signal="symptom"', 'slo_id="core-whole"'], ()),
        (['alertname="OutageOver"'], ['alertname=~"ErrorBudgetBurnFast|ErrorBudgetBurnSlow"'], ("slo_id",)),
    ]
