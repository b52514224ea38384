from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from somahub import problems


class Own(BaseModel):
    error: str


def test_errors_are_documented_as_the_problems_that_they_are() -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/{number}", responses={404: {"description": "None."}, 400: {"model": Own}})
    async def read(number: int) -> int:
        return number

    document = app.openapi()
    answers = document["paths"]["/{number}"]["get"]["responses"]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert answers["404"] == {"description": "None.", "content": problem}
    assert answers["422"]["content"] == problem
    assert list(answers["400"]["content"]) == list(answers["200"]["content"]) == ["application/json"]
    assert sorted(document["components"]["schemas"]) == ["InvalidField", "Own", "Problem"]
    assert app.openapi() is document

    answer = TestClient(app).get("/none")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert problems.Problem.model_validate(answer.json()).errors[0].field == "path.number"
