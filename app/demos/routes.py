"""The gallery, the page of each demo, and the same runs for programs."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from app.demos import pages, service
from app.demos.schemas import Asked, Refusal, RunRequest, read_address
from app.demos.service import BadParameter, Demo, DemoBusy, Run
from app.deps import ReadSession
from app.kit.templating import page

router = APIRouter()
REFUSED = {"model": Refusal}


@router.get("/demos", include_in_schema=False)
def list_demos(request: Request, session: ReadSession) -> Response:
    gallery = pages.gallery_page(service.demos(), service.topic_titles(session))
    return page(request, "demos/gallery.html", gallery)


@router.get("/demos/{slug}.csv", include_in_schema=False)
def show_demo_csv(request: Request, slug: str) -> Response:
    runs = run_all(*asked_of(request, slug))
    return Response(
        service.to_csv(runs), media_type="text/csv; charset=utf-8", headers=download(f"{slug}.csv")
    )


@router.get("/demos/{slug}.json", include_in_schema=False)
def show_demo_json(request: Request, slug: str) -> Response:
    runs = run_all(*asked_of(request, slug))
    content = {name: service.to_wire(run) for name, run in runs.items()}
    return JSONResponse(content, headers=download(f"{slug}.json"))


@router.get("/demos/{slug}", include_in_schema=False)
def show_demo(request: Request, slug: str) -> Response:
    demo = service.demo(slug)
    asked = read_address(demo, request.query_params.multi_items())
    if asked.errors:
        return show(request, pages.demo_page(demo, asked), status=422)
    if asked.predicting and asked.guess is None:
        return show(request, pages.demo_page(demo, asked))
    try:
        runs = run_all(demo, asked)
    except DemoBusy as busy:
        shown = pages.demo_page(demo, asked, trouble=f"{busy.message} {busy.cure}")
        return show(request, shown, status=busy.status, headers=busy.headers)
    return show(request, pages.demo_page(demo, asked, runs))


@router.get("/api/demos")
def list_demos_json() -> list[dict[str, Any]]:
    """List all demos with what they take and what they compute."""
    return [service.demo_to_wire(demo) for demo in service.demos()]


@router.get("/api/demos/{slug}", responses={404: REFUSED})
def show_declaration(slug: str) -> dict[str, Any]:
    """Return one demo with what it takes and what it computes."""
    return service.demo_to_wire(service.demo(slug))


@router.post("/api/demos/{slug}/runs", responses=dict.fromkeys((404, 422, 503), REFUSED))
def create_run(slug: str, sent: RunRequest) -> Response:
    """Run a demo. What is left out is at its default; NaN and infinity come back as null."""
    try:
        return JSONResponse(service.to_wire(service.run_demo(slug, sent.params, sent.seed)))
    except BadParameter as error:
        # A name may hold half a surrogate pair, which JSON can carry and UTF-8 cannot.
        name = error.name.encode("utf-8", "replace").decode()
        refused = Refusal(error=error.title, detail=error.message, cure=error.cure, field=name)
        return JSONResponse(refused.model_dump(), status_code=error.status)


def show(
    request: Request,
    shown: pages.DemoPage,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return page(request, "demos/demo.html", shown, status=status, headers=headers)


def asked_of(request: Request, slug: str) -> tuple[Demo, Asked]:
    """Read an address whose answer has no form to mark an error in."""
    demo = service.demo(slug)
    asked = read_address(demo, request.query_params.multi_items())
    for field, message in asked.errors.items():
        raise BadParameter(field, f"{field}: {message}")
    return demo, asked


def run_all(demo: Demo, asked: Asked) -> dict[str, Run]:
    """Run the one setting that an address names, or the two."""
    runs = {pages.FIRST: service.run_demo(demo.slug, asked.first, asked.seed)}
    if asked.second is not None:
        runs[pages.SECOND] = service.run_demo(demo.slug, asked.second, asked.seed)
    return runs


def download(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
