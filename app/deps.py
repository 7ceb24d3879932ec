"""What routes ask for: a session, the time, the settings.

The sessions end with the route function and before the response is sent (`scope="function"`): a
plain dependency with `yield` commits after it, so that a failed commit would still answer 200.
What needs no thread is `async`: a `def` dependency costs a hop to the thread pool and back.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.db import Database
from app.settings import Settings


async def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def get_now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


async def get_read_session(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.database
    async with database.read() as session:
        yield session


async def get_write_session(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.database
    async with database.write() as session:
        yield session


async def get_database(request: Request) -> Database:
    """Return what runs short reads and writes of their own.

    A request that goes on to write reads by `run_read`: a `ReadSession` would be held while the one
    writer is waited for, and soon all of them would be. A route that shows a page after writing
    writes by `run_write`: drawing it, or running its demo, must not keep the one writer.
    """
    database: Database = request.app.state.database
    return database


ReadSession = Annotated[Session, Depends(get_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(get_write_session, scope="function")]
Now = Annotated[datetime, Depends(get_now)]
OneDatabase = Annotated[Database, Depends(get_database)]
AppSettings = Annotated[Settings, Depends(get_settings)]
