"""Who is on call, and the overrides that people agree on."""

from datetime import UTC

from fastapi import APIRouter, HTTPException, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import delete, insert, select

from alerts.paging.pager import Pager
from alerts.paging.schedule import on_call
from alerts.paging.tables import overrides


class NewOverride(BaseModel):
    """A person takes over a rotation from ``start`` to ``end``."""

    model_config = ConfigDict(extra="forbid")

    rotation: str
    person: str
    start: AwareDatetime
    end: AwareDatetime


class KeptOverride(NewOverride):
    """One that counts, said by ``by``."""

    id: int
    by: str


class OnCallNow(BaseModel):
    """Who is on call in each rotation; None: nobody."""

    at: AwareDatetime
    rotations: dict[str, str | None]


def router(pager: Pager) -> APIRouter:
    """The routes."""
    routes = APIRouter()

    @routes.get("/oncall")
    def now(at: AwareDatetime | None = None) -> OnCallNow:
        """Who is on call now, or at another time."""
        time, roster = at or pager.clock(), pager.roster()
        names = [rotation.name for rotation in pager.oncall.rotations]
        return OnCallNow(
            at=time, rotations={name: on_call(pager.oncall, name, time, roster.overrides) for name in names}
        )

    @routes.get("/overrides")
    def listed() -> list[KeptOverride]:
        """Overrides, also those that are over."""
        with pager.database.read() as connection:
            rows = connection.execute(select(overrides).order_by(overrides.c.id)).mappings().all()
        return [KeptOverride.model_validate(dict(row)) for row in rows]

    @routes.post("/overrides", status_code=201)
    def add(form: NewOverride, request: Request) -> KeptOverride:
        """Agree on one."""
        if form.end <= form.start:
            raise HTTPException(422, "an override ends after its start")
        if form.rotation not in {rotation.name for rotation in pager.oncall.rotations}:
            raise HTTPException(422, f"there is no rotation {form.rotation}")
        if form.person not in {person.name for person in pager.oncall.people}:
            raise HTTPException(422, f"there is nobody called {form.person}")
        by = str(request.state.person)
        row = {
            "rotation": form.rotation,
            "person": form.person,
            "start": form.start.timestamp(),
            "end": form.end.timestamp(),
            "by": by,
        }
        made = pager.database.change(lambda c: c.execute(insert(overrides).values(row)).inserted_primary_key)
        assert made is not None  # noqa: S101 - an INSERT of one row has one
        start, end = form.start.astimezone(UTC), form.end.astimezone(UTC)
        return KeptOverride(
            id=made[0], rotation=form.rotation, person=form.person, start=start, end=end, by=by
        )

    @routes.delete("/overrides/{ident}", status_code=204)
    def remove(ident: int) -> None:
        """Take one back."""
        gone = pager.database.change(
            lambda c: c.execute(delete(overrides).where(overrides.c.id == ident)).rowcount
        )
        if not gone:
            raise HTTPException(404, f"there is no override {ident}")

    return routes
