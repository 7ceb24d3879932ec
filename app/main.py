"""The composition root: settings in, the application out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp

from app.bank import service as bank
from app.bank.checking import Progress
from app.db import (
    CannotStart,
    Database,
    database_url,
    make_folder,
    migrate,
    queue_behind_other_starts,
)
from app.demos.routes import router as demos
from app.errors import install_handlers, refusal
from app.home.routes import router as home
from app.kit.assets import Assets
from app.kit.clock import Clock, utc_now
from app.kit.maths import font_bytes
from app.middleware import BodyLimit, Envelope, KnownHost, PlainPath, SameOrigin
from app.quiz.routes import router as quiz
from app.settings import Settings, shipped
from app.topics.routes import router as topics


def create_app(settings: Settings, *, clock: Clock = utc_now) -> ASGIApp:
    """Return the application over a prepared database (see `prepare`)."""
    app = FastAPI(
        title="Forward Pass",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.settings = settings
    app.state.clock = clock
    app.state.database = Database(database_url(settings))
    app.state.assets = Assets(
        shipped("static"),
        made={"fonts/maths.woff2": lambda: font_bytes(settings.cache_dir)},
    )
    for router in (home, topics, quiz, demos):
        app.include_router(router)
    app.mount("/static", app.state.assets)
    install_handlers(app)
    # The last one added is the first that a request meets.
    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes, refuse=refusal)
    app.add_middleware(PlainPath, refuse=refusal)
    app.add_middleware(SameOrigin, refuse=refusal)
    app.add_middleware(KnownHost, names=frozenset(settings.allowed_hosts))
    return Envelope(app, https=settings.https)


def prepare(
    settings: Settings, *, clock: Clock = utc_now, progress: Progress | None = None
) -> bank.SyncReport:
    """Make the folders, migrate the database and bring the bank's files into it."""
    make_folder(settings.data_dir)
    make_folder(settings.cache_dir)
    url = database_url(settings)
    migrate(url)
    database = Database(url)
    try:
        with database.write_now() as session:
            queue_behind_other_starts(session)
            return bank.sync(
                session,
                settings.content_dir,
                now=clock(),
                cache_dir=settings.cache_dir,
                progress=progress,
            )
    except SQLAlchemyError as error:
        raise CannotStart(f"the bank cannot be written to {database.name}: {error}") from error
    finally:
        database.dispose()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.database.dispose()
