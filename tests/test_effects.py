"""The effect catalogue: every entry, the laws of lookup, what users may add, and what stays silent."""

from __future__ import annotations

import importlib
import io
import logging
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator

import pytest

from inngest_lint.effects import CatalogueError, Condition, Effect, catalogue
from inngest_lint.model.body import Argument, Call
from inngest_lint.model.function import Language
from inngest_lint.model.value import CALLED, CALLED_WITH_ARGUMENTS, Constant, Origin, Ref
from inngest_lint.text import Span

PYTHON = catalogue(Language.PYTHON)
SPAN = Span("app.py", 0, 1)

SILENT = """
datetime.datetime, datetime.datetime.fromtimestamp, datetime.datetime.fromisoformat, datetime.datetime.strptime
datetime.datetime.now(_).isoformat, datetime.datetime.combine, datetime.timedelta, datetime.date, datetime.date.fromisoformat
time.strptime, time.mktime, zoneinfo.ZoneInfo, calendar.monthrange
uuid.uuid3, uuid.uuid5, uuid.UUID, uuid.uuid4().hex.upper, bson.ObjectId(_).binary.hex
random.Random, random.Random(_).randint, random.Random(_).choice, random.SystemRandom, secrets.compare_digest
numpy.array, numpy.random.default_rng, numpy.random.default_rng(_).normal, numpy.random.RandomState(_).rand
requests.Session, requests.Request, requests.Session(_).close, requests.get(_).json, requests.get(_).raise_for_status
requests.Session().get(_).json, requests.exceptions.HTTPError, requests.Session().headers.update, requests.Session().mount
httpx.AsyncClient, httpx.Client, httpx.Timeout, httpx.Limits, httpx.URL, httpx.AsyncClient().get(_).json
httpx.AsyncClient().aclose, httpx.Client().build_request, aiohttp.ClientSession, aiohttp.ClientSession().get(_).json
aiohttp.ClientTimeout, urllib.parse.urlparse, urllib.parse.quote, urllib.request.Request, urllib.request.urlopen(_).read
open(_).read, open(_).close, open(_).__enter__().read, io.StringIO, io.BytesIO, io.BytesIO().read
pathlib.Path, pathlib.Path(_).with_suffix, pathlib.Path(_).joinpath, pathlib.Path(_).parent.joinpath(_).as_posix
pathlib.Path(_).relative_to, pathlib.Path(_).read_text(_).splitlines, pathlib.PurePath, os.path.join, os.path.basename
os.path.splitext, os.fspath, zipfile.ZipFile, zipfile.ZipFile(_).namelist, json.dumps, json.loads, re.sub, hashlib.sha256
hashlib.sha256(_).hexdigest, base64.b64encode, copy.deepcopy, functools.partial, itertools.chain, decimal.Decimal, math.floor
asyncio.gather, asyncio.wait_for, asyncio.Lock, asyncio.Queue, asyncio.get_running_loop, threading.Lock, threading.Thread
concurrent.futures.ThreadPoolExecutor, multiprocessing.cpu_count, sys.exit, sorted, len, isinstance, range, print(_).anything
logging.getLogger, logging.basicConfig, logging.getLogger(_).isEnabledFor, logging.getLogger(_).setLevel
logging.getLogger(_).addHandler, logging.getLogger(_).getChild, logging.StreamHandler, structlog.get_logger
structlog.get_logger().bind, loguru.logger.bind, loguru.logger.add
sqlalchemy.select, sqlalchemy.select(_).where, sqlalchemy.create_engine, sqlalchemy.text, sqlalchemy.func.now
sqlalchemy.orm.Session, sqlalchemy.orm.sessionmaker, sqlalchemy.orm.Session(_).execute(_).scalars().all
sqlalchemy.orm.Session(_).scalars(_).all, sqlalchemy.orm.Session(_).query(_).filter, sqlalchemy.orm.Session(_).begin
sqlalchemy.orm.sessionmaker(_)().query, sqlalchemy.orm.Session(_).query(_).filter(_).first().name.upper
sqlite3.connect(_).cursor, sqlite3.connect(_).execute(_).fetchall, sqlite3.connect(_).cursor().execute(_).fetchone
psycopg.connect(_).cursor, redis.Redis, redis.Redis().pipeline, redis.Redis().pipeline().set, redis.asyncio.from_url
pymongo.MongoClient, pymongo.MongoClient().get_database, pymongo.MongoClient(_).app.users.find(_).sort
supabase.create_client, supabase.create_client(_).table, supabase.create_client(_).table(_).select, prisma.Prisma
boto3.client, boto3.resource, boto3.client(_).get_paginator, boto3.resource(_).Table, google.cloud.storage.Client
google.cloud.storage.Client().bucket, google.cloud.storage.Client().bucket(_).blob, azure.storage.blob.BlobServiceClient
openai.OpenAI, openai.AsyncOpenAI, openai.OpenAI().with_options, openai.OpenAI().chat.completions.create(_).model_dump
anthropic.Anthropic, anthropic.AsyncAnthropic, google.genai.Client, google.generativeai.configure, groq.Groq
langchain_openai.ChatOpenAI, langchain_openai.ChatOpenAI(_).with_structured_output, langchain_openai.ChatOpenAI().bind_tools
stripe.Webhook.construct_event, stripe.StripeClient, stripe.StripeClient(_).construct_event, twilio.rest.Client
twilio.rest.Client().messages, slack_sdk.WebClient, telegram.Bot, sendgrid.SendGridAPIClient, sendgrid.helpers.mail.Mail
celery.Celery, celery.shared_task, celery.shared_task(_).s, rq.Queue, smtplib.SMTP, email.message.EmailMessage
django.utils.timezone.make_aware, django.db.models.Q, django.db.models.Model.objects.filter, django.db.models.Model
inngest.Inngest, inngest.Inngest().create_function, inngest.Event, inngest.TriggerEvent, app.requests.get
"""

EFFECTIVE = {
    "sqlalchemy.ext.asyncio.async_sessionmaker(_)().execute": Effect.DATABASE,
    "sqlalchemy.orm.sessionmaker(_)().query(_).filter(_).first": Effect.DATABASE,
    "sqlalchemy.orm.sessionmaker(_)(_).commit": Effect.DATABASE,
    "sqlmodel.Session(_).add": Effect.DATABASE,
    "sqlite3.connect": Effect.DATABASE,
    "sqlite3.connect(_).cursor().execute": Effect.DATABASE,
    "pymongo.MongoClient(_).app.users.update_one": Effect.DATABASE,
    "motor.motor_asyncio.AsyncIOMotorClient(_).app.users.find_one": Effect.DATABASE,
    "redis.asyncio.Redis(_).get": Effect.DATABASE,
    "redis.Redis.from_url(_).pipeline().set(_).execute": Effect.DATABASE,
    "supabase.create_client(_).table(_).insert(_).execute": Effect.DATABASE,
    "django.db.models.Model.objects.filter(_).first": Effect.DATABASE,
    "httpx.AsyncClient().get": Effect.NETWORK,
    "requests.session().post": Effect.NETWORK,
    "google.cloud.storage.Client().bucket(_).blob(_).upload_from_string": Effect.STORAGE,
    "boto3.client(_).get_paginator(_).paginate": Effect.CLOUD,
    "boto3.session.Session(_).resource(_).Table(_).put_item": Effect.CLOUD,
    "openai.AsyncOpenAI(_).chat.completions.create": Effect.LLM,
    "openai.OpenAI().with_options(_).responses.create": Effect.LLM,
    "langchain_openai.ChatOpenAI(_).with_structured_output(_).ainvoke": Effect.LLM,
    "stripe.checkout.Session.create": Effect.PAYMENT,
    "twilio.rest.Client(_).messages.create": Effect.MESSAGE,
    "celery.shared_task(_)(_).delay": Effect.QUEUE,
    "logging.getLogger(_).info": Effect.LOG,
    "loguru.logger.bind(_).info": Effect.LOG,
    "pathlib.Path.cwd().parent.joinpath(_).read_text": Effect.FILESYSTEM,
    "os.environ.get": Effect.ENVIRONMENT,
    "random.Random().random": Effect.RANDOM,
    "numpy.random.default_rng().normal": Effect.RANDOM,
    "numpy.random.rand": Effect.RANDOM,
    "inngest.Inngest(_).send_sync": Effect.SEND,
    "open": Effect.FILESYSTEM,
    "builtins.open": Effect.FILESYSTEM,
}

GIVES: dict[str, object] = {
    "concurrent.futures.thread.ThreadPoolExecutor": None,
    "email.utils.localtime": None,
    "logging.getLogger": logging.Logger,
    "open": io.IOBase,
    "sqlite3.connect": sqlite3.Connection,
    "subprocess.Popen": subprocess.Popen,
}
"""What standard functions give, for names below their calls; a class gives itself."""

SINCE = {"_thread.start_joinable_thread", "uuid.uuid6", "uuid.uuid7", "uuid.uuid8"}
ELSEWHERE = {"os.startfile", "select.kqueue", "pathlib.WindowsPath"}


def path(written: str) -> tuple[str, ...]:
    """The path of a call as people write it; `*` stands for some attribute."""
    return tuple("anything" if hop == "*" else hop for hop in re.findall(r"\(_?\)|[^.()]+", written))


def call(arguments: int = 0, *, spread: bool = False) -> Call:
    """A call with so many arguments."""
    given = tuple(Argument(None, Constant(1), SPAN, spread) for _ in range(arguments))
    return Call(SPAN, Ref(Origin.IMPORT, ("f",)), given, "f")


def classified(written: str, arguments: int = 0) -> Effect | None:
    """What the catalogue of Python says of a call."""
    return PYTHON.classify(path(written), call(arguments))


def test_every_entry_is_classified_as_itself() -> None:
    wrong = [(pattern, effect, got) for pattern, effect, _ in PYTHON.entries() if (got := classified(pattern)) != effect]

    assert wrong == []
