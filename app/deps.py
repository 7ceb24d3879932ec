"""What routes ask for: a session, the time, the settings.

The sessions end with the route function and before the response is sent (`scope="function"`): a
plain dependency with `yield` commits after it, so that a failed commit would still answer 200.
What needs no thread is `async`: a `def` dependency costs a hop to the thread pool and back.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Annotated, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session

from app.db import Database
from app.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


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


class Reading:
    """Runs functions on a read session of their own, which ends with them.

    A request that goes on to write reads like this: a `ReadSession` would be held while the one
    writer is waited for, and soon all of them would be.
    """

    def __init__(self, request: Request) -> None:
        self.database: Database = request.app.state.database

    async def __call__(
        self,
        function: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        async with self.database.read() as session:
            return await run_in_threadpool(function, session, *args, **kwargs)


class Writing:
    """Runs a function in a transaction of its own, committed when it returns.

    A route that shows a page after writing writes like this: drawing it, or running its demo, must
    not keep the one writer.
    """

    def __init__(self, request: Request) -> None:
        self.database: Database = request.app.state.database

    async def __call__(
        self,
        function: Callable[Concatenate[Session, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        async with self.database.write() as session:
            return await run_in_threadpool(function, session, *args, **kwargs)


ReadSession = Annotated[Session, Depends(get_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(get_write_session, scope="function")]
Now = Annotated[datetime, Depends(get_now)]
ShortRead = Annotated[Reading, Depends(Reading)]
ShortWrite = Annotated[Writing, Depends(Writing)]
AppSettings = Annotated[Settings, Depends(get_settings)]
