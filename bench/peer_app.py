"""What ingest is usually built of: `python -m bench.peer_app PORT DATABASE BROKER`.

FastAPI takes one session, SQLAlchemy looks for it and for its tutor and commits a row each to
PostgreSQL, Celery is told the id. `bench.ingest_peer` runs it in an environment of its own.
"""

from __future__ import annotations

import sys
from datetime import datetime

import uvicorn
from celery import Celery  # type: ignore[import-not-found, unused-ignore]
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import DateTime, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

_FOLDERS = ("data_folder_in", "data_folder_out", "processed_folder")


class Base(DeclarativeBase):
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


class TutorRow(Base):
    __tablename__ = "tutors"
    tutor_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class SessionRow(Base):
    __tablename__ = "sessions"
    session_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    tutor_id: Mapped[str] = mapped_column(index=True)
    student_id: Mapped[str]
    status: Mapped[str]
    scheduled_start: Mapped[datetime] = mapped_column(index=True)
    scheduled_end: Mapped[datetime]
    tutor_joined_at: Mapped[datetime | None]
    tutor_left_at: Mapped[datetime | None]
    student_joined_at: Mapped[datetime | None]
    student_left_at: Mapped[datetime | None]
    booked_at: Mapped[datetime | None]
    subject: Mapped[str | None]
    grade_level: Mapped[str | None]
    time_zone: Mapped[str | None]
    is_first_session: Mapped[bool | None]
    student_rating: Mapped[int | None]
    technical_issue: Mapped[bool | None]


class SessionIn(BaseModel):
    session_id: str
    version: int = 1
    tutor_id: str
    student_id: str
    status: str
    scheduled_start: datetime
    scheduled_end: datetime
    tutor_joined_at: datetime | None = None
    tutor_left_at: datetime | None = None
    student_joined_at: datetime | None = None
    student_left_at: datetime | None = None
    booked_at: datetime | None = None
    subject: str | None = None
    grade_level: str | None = None
    time_zone: str | None = None
    is_first_session: bool | None = None
    student_rating: int | None = None
    technical_issue: bool | None = None


def process_session(session_id: str) -> str:
    """Stands for the work that a worker would do; none runs."""
    return session_id


PORT, DATABASE, BROKER = sys.argv[1:]
engine = create_engine(DATABASE, pool_size=40)
open_session = sessionmaker(engine, autoflush=False)
celery = Celery("peer", broker=BROKER.partition("?")[0])
if FOLDER := BROKER.partition("?")[2]:
    celery.conf.broker_transport_options = dict.fromkeys(_FOLDERS, FOLDER)
task = celery.task(process_session, name="process_session")
app = FastAPI()


@app.post("/v1/sessions", status_code=202)
def create(body: SessionIn) -> dict[str, str]:
    """Runs in one of FastAPI's 40 threads; each finds a connection to PostgreSQL in the pool."""
    with open_session() as db:
        if db.get(SessionRow, body.session_id):
            raise HTTPException(400, "Session exists")
        if not db.get(TutorRow, body.tutor_id):
            db.add(TutorRow(tutor_id=body.tutor_id, name=f"Tutor {body.tutor_id[:8]}"))
        db.add(SessionRow(**body.model_dump()))
        db.commit()
    task.delay(body.session_id)
    return {"session_id": body.session_id, "status": "accepted"}


if __name__ == "__main__":
    Base.metadata.create_all(engine)
    uvicorn.run(app, port=int(PORT), access_log=False, log_level="warning")
