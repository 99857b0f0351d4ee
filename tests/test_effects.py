"""The effect catalogue: every entry, the laws of lookup, what users may add, and what stays silent."""

from __future__ import annotations

import asyncio
import importlib
import logging
import multiprocessing.pool
import pathlib
import re
import shelve
import socket
import sqlite3
import subprocess
import sys
import tarfile
import urllib.request
import webbrowser
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from inngest_lint import effects
from inngest_lint.effects import Catalogue, CatalogueError, Effect, catalogue
from inngest_lint.model.body import Argument, Call
from inngest_lint.model.function import Language
from inngest_lint.model.value import CALLED, CALLED_WITH_ARGUMENTS, EACH, Constant, Origin, Ref
from inngest_lint.text import Span
from inngest_lint.toml import loads

if TYPE_CHECKING:
    from collections.abc import Mapping

PYTHON = catalogue(Language.PYTHON)
TYPESCRIPT = catalogue(Language.TYPESCRIPT)
CATALOGUES = {language.value: catalogue(language) for language in Language}
TABLES = Path(effects.__file__).parent
SPAN = Span("app.py", 0, 1)

SILENT = """
datetime.datetime datetime.datetime.fromtimestamp datetime.datetime.fromisoformat datetime.datetime.strptime
datetime.datetime.now(_).isoformat datetime.datetime.combine datetime.timedelta datetime.date
datetime.date.fromisoformat time.strptime time.mktime zoneinfo.ZoneInfo calendar.monthrange uuid.uuid3 uuid.uuid5
uuid.UUID uuid.uuid4().hex.upper bson.ObjectId(_).binary.hex random.Random random.Random(_).randint
random.Random(_).choice random.SystemRandom secrets.compare_digest numpy.array numpy.random.default_rng
numpy.random.default_rng(_).normal numpy.random.RandomState(_).rand requests.Session requests.Request
requests.Session(_).close requests.get(_).json requests.get(_).raise_for_status requests.Session().get(_).json
requests.exceptions.HTTPError requests.Session().headers.update requests.Session().mount httpx.AsyncClient
httpx.Client httpx.Timeout httpx.Limits httpx.URL httpx.AsyncClient().get(_).json httpx.AsyncClient().aclose
httpx.Client().build_request aiohttp.ClientSession aiohttp.ClientSession().get(_).json aiohttp.ClientTimeout
urllib.parse.urlparse urllib.parse.quote urllib.request.Request urllib.request.urlopen(_).read open(_).read
open(_).close open(_).__enter__().read io.StringIO io.BytesIO io.BytesIO().read pathlib.Path
pathlib.Path(_).with_suffix pathlib.Path(_).joinpath pathlib.Path(_).parent.joinpath(_).as_posix
pathlib.Path(_).relative_to pathlib.Path(_).read_text(_).splitlines pathlib.PurePath os.path.join os.path.basename
os.path.splitext os.fspath zipfile.ZipFile zipfile.ZipFile(_).namelist json.dumps json.loads re.sub hashlib.sha256
hashlib.sha256(_).hexdigest base64.b64encode copy.deepcopy functools.partial itertools.chain decimal.Decimal
math.floor asyncio.gather asyncio.wait_for asyncio.Lock asyncio.Queue asyncio.get_running_loop threading.Lock
threading.Thread concurrent.futures.ThreadPoolExecutor multiprocessing.cpu_count sys.exit sorted len isinstance range
print(_).anything logging.getLogger logging.basicConfig logging.getLogger(_).isEnabledFor
logging.getLogger(_).setLevel logging.getLogger(_).addHandler logging.getLogger(_).getChild logging.StreamHandler
structlog.get_logger structlog.get_logger().bind loguru.logger.bind loguru.logger.add sqlalchemy.select
sqlalchemy.select(_).where sqlalchemy.create_engine sqlalchemy.text sqlalchemy.func.now sqlalchemy.orm.Session
sqlalchemy.orm.sessionmaker sqlalchemy.orm.Session(_).execute(_).scalars().all
sqlalchemy.orm.Session(_).scalars(_).all sqlalchemy.orm.Session(_).query(_).filter sqlalchemy.orm.Session(_).begin
sqlalchemy.orm.sessionmaker(_)().query sqlalchemy.orm.Session(_).query(_).filter(_).first().name.upper
sqlite3.connect(_).cursor sqlite3.connect(_).execute(_).fetchall sqlite3.connect(_).cursor().execute(_).fetchone
psycopg.connect(_).cursor redis.Redis redis.Redis().pipeline redis.Redis().pipeline().set redis.asyncio.from_url
pymongo.MongoClient pymongo.MongoClient().get_database pymongo.MongoClient(_).app.users.find(_).sort
supabase.create_client supabase.create_client(_).table supabase.create_client(_).table(_).select prisma.Prisma
boto3.client boto3.resource boto3.client(_).get_paginator boto3.resource(_).Table google.cloud.storage.Client
google.cloud.storage.Client().bucket google.cloud.storage.Client().bucket(_).blob azure.storage.blob.BlobServiceClient
openai.OpenAI openai.AsyncOpenAI openai.OpenAI().with_options openai.OpenAI().chat.completions.create(_).model_dump
anthropic.Anthropic anthropic.AsyncAnthropic google.genai.Client google.generativeai.configure groq.Groq
langchain_openai.ChatOpenAI langchain_openai.ChatOpenAI(_).with_structured_output
langchain_openai.ChatOpenAI().bind_tools stripe.Webhook.construct_event stripe.StripeClient
stripe.StripeClient(_).construct_event twilio.rest.Client twilio.rest.Client().messages slack_sdk.WebClient
telegram.Bot sendgrid.SendGridAPIClient sendgrid.helpers.mail.Mail celery.Celery celery.shared_task
celery.shared_task(_).s rq.Queue smtplib.SMTP email.message.EmailMessage django.utils.timezone.make_aware
django.db.models.Q django.db.models.Model.objects.filter django.db.models.Model inngest.Inngest
inngest.Inngest().create_function inngest.Event inngest.TriggerEvent app.requests.get
pathlib.Path(_).name.replace openpyxl.Workbook(_).save stripe.Webhook.construct_event(_).data.object.metadata.update
"""
"""Calls that have no effect of their own, with an argument."""

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

SILENT_IN_TYPESCRIPT = """
Date Date(_).getTime Date().toISOString Date.UTC Date.parse Math.floor Math.random().toString JSON.stringify
Object.keys Promise.all fetch(_).json fetch(_).then(_).catch structuredClone crypto.createHash
crypto.createHash(_).update(_).digest crypto.randomBytes(_).toString crypto.timingSafeEqual
crypto.subtle.digest process.on clearTimeout setTimeout(_).unref uuid.v5 uuid.validate nanoid.customAlphabet
@paralleldrive/cuid2.init moment dayjs dayjs(_).format dayjs().add(_).toDate luxon.DateTime.fromISO
luxon.DateTime.fromISO(_).plus date-fns.addDays date-fns.format date-fns.formatDistance bson.ObjectId lodash.groupBy
path.join url.parse util.promisify zlib.gzipSync fs.readFileSync(_).toString fs.createReadStream(_).pipe
axios.create axios.isAxiosError axios.get(_).then axios.create(_).interceptors.request.use got.extend ky.create
undici.Agent @octokit/rest.Octokit googleapis.google.sheets googleapis.google.auth.GoogleAuth
@notionhq/client.Client @clerk/nextjs/server.clerkClient @supabase/supabase-js.createClient
@supabase/supabase-js.createClient(_).from @supabase/supabase-js.createClient(_).storage.from(_).getPublicUrl
@supabase/supabase-js.createClient(_).from(_).select(_).eq @prisma/client.PrismaClient
@prisma/client.PrismaClient().$extends @prisma/client.PrismaClient().user.findMany(_).map
drizzle-orm/node-postgres.drizzle drizzle-orm/neon-http.drizzle(_).select drizzle-orm.eq
drizzle-orm/postgres-js.drizzle(_).select().from(_).where drizzle-orm/libsql.drizzle(_).update mongoose.model
mongoose.Schema mongoose.model(_)(_).toObject mongodb.MongoClient mongodb.MongoClient(_).db
mongodb.MongoClient(_).db(_).collection mongodb.MongoClient(_).db(_).collection(_).find(_).toArray pg.Pool
pg.Pool(_).on postgres knex knex(_) kysely.Kysely kysely.Kysely(_).selectFrom(_).where sequelize.Sequelize
typeorm.DataSource typeorm.DataSource(_).getRepository typeorm.DataSource(_).getRepository(_).create redis.createClient
redis.createClient().on ioredis ioredis().pipeline ioredis().pipeline().set @upstash/redis.Redis.fromEnv openai
openai.OpenAI openai(_).withOptions openai(_).chat.completions.create(_).choices.at @anthropic-ai/sdk
@ai-sdk/openai.openai @ai-sdk/openai.createOpenAI ai.tool ai.jsonSchema @google/generative-ai.GoogleGenerativeAI
@google/generative-ai.GoogleGenerativeAI(_).getGenerativeModel @langchain/openai.ChatOpenAI
@langchain/openai.ChatOpenAI(_).bindTools resend.Resend @sendgrid/mail.setApiKey nodemailer.createTransport
mailgun.js mailgun.js(_).client stripe stripe(_).webhooks.constructEvent stripe(_).charges.create(_).id.toString twilio
@slack/web-api.WebClient discord.js.Client discord.js.EmbedBuilder discord.js.REST().setToken bullmq.Queue
kafkajs.Kafka kafkajs.Kafka(_).producer @aws-sdk/client-s3.S3Client @aws-sdk/client-s3.PutObjectCommand
@aws-sdk/client-ssm.SSMClient @aws-sdk/s3-request-presigner.getSignedUrl @google-cloud/storage.Storage
@google-cloud/storage.Storage().bucket(_).file cloudinary.v2.config cloudinary.v2.url winston.createLogger
winston.transports.Console pino pino().child @sentry/nextjs.setTag @sentry/node.withScope zod.z.object(_).parse
inngest.Inngest inngest.Inngest(_).createFunction inngest.NonRetriableError inngest.EventSchemas().fromRecord
"""
"""The same of JavaScript libraries; a module's name ends at the last slash, or is quoted."""

EFFECTIVE_IN_TYPESCRIPT = {
    "Date.now": Effect.CLOCK,
    "performance.now": Effect.CLOCK,
    "process.hrtime.bigint": Effect.CLOCK,
    "Temporal.Now.instant": Effect.CLOCK,
    "date-fns.isPast": Effect.CLOCK,
    "date-fns.formatDistanceToNow": Effect.CLOCK,
    "luxon.DateTime.now": Effect.CLOCK,
    "luxon.DateTime.fromISO(_).toRelative": Effect.CLOCK,
    "dayjs(_).fromNow": Effect.CLOCK,
    "moment.tz": Effect.CLOCK,
    "Math.random": Effect.RANDOM,
    "crypto.randomBytes": Effect.RANDOM,
    "crypto.getRandomValues": Effect.RANDOM,
    "lodash/shuffle": Effect.RANDOM,
    "@faker-js/faker.faker.person.firstName": Effect.RANDOM,
    "crypto.randomUUID": Effect.IDENTITY,
    "uuid.v4": Effect.IDENTITY,
    "nanoid.nanoid": Effect.IDENTITY,
    "nanoid.customAlphabet(_)": Effect.IDENTITY,
    "@paralleldrive/cuid2.createId": Effect.IDENTITY,
    "ulid.ulid": Effect.IDENTITY,
    "ai.generateId": Effect.IDENTITY,
    "setTimeout": Effect.SLEEP,
    "timers/promises.setTimeout": Effect.SLEEP,
    "os.hostname": Effect.ENVIRONMENT,
    "process.cwd": Effect.ENVIRONMENT,
    "fetch": Effect.NETWORK,
    "axios": Effect.NETWORK,
    "axios.create(_).post": Effect.NETWORK,
    "got.extend(_).get": Effect.NETWORK,
    "node-fetch": Effect.NETWORK,
    "https.request": Effect.NETWORK,
    "@octokit/rest.Octokit(_).rest.issues.create": Effect.NETWORK,
    "googleapis.google.sheets(_).spreadsheets.values.append": Effect.NETWORK,
    "@clerk/nextjs/server.clerkClient().users.getUser": Effect.NETWORK,
    "posthog-node.PostHog(_).capture": Effect.NETWORK,
    "@prisma/client.PrismaClient().user.create": Effect.DATABASE,
    "@prisma/client.PrismaClient().$transaction": Effect.DATABASE,
    "@prisma/client.PrismaClient(_).$extends(_).user.findMany": Effect.DATABASE,
    "drizzle-orm/neon-http.drizzle(_).select().from": Effect.DATABASE,
    "drizzle-orm/postgres-js.drizzle(_).insert(_).values": Effect.DATABASE,
    "drizzle-orm/libsql.drizzle(_).query.users.findMany": Effect.DATABASE,
    "drizzle-orm/d1.drizzle(_).update(_).set": Effect.DATABASE,
    "mongoose.model(_).findById": Effect.DATABASE,
    "mongoose.model(_)(_).save": Effect.DATABASE,
    "mongoose.model(_).findOne(_).save": Effect.DATABASE,
    "mongoose.models.User.findOne": Effect.DATABASE,
    "mongodb.MongoClient(_).db(_).collection(_).insertOne": Effect.DATABASE,
    "mongodb.MongoClient(_).connect().db(_).collection(_).findOne": Effect.DATABASE,
    "pg.Pool(_).query": Effect.DATABASE,
    "postgres(_)": Effect.DATABASE,
    "@neondatabase/serverless.neon(_)": Effect.DATABASE,
    "mysql2/promise.createPool(_).execute": Effect.DATABASE,
    "knex(_)(_).where(_).first": Effect.DATABASE,
    "kysely.Kysely(_).selectFrom(_).selectAll().execute": Effect.DATABASE,
    "sequelize.Model.findAll": Effect.DATABASE,
    "typeorm.DataSource(_).getRepository(_).save": Effect.DATABASE,
    "better-sqlite3(_).prepare(_).run": Effect.DATABASE,
    "redis.createClient(_).on(_).connect().get": Effect.DATABASE,
    "ioredis(_).pipeline().set(_).exec": Effect.DATABASE,
    "@upstash/redis.Redis.fromEnv().set": Effect.DATABASE,
    "@vercel/kv.kv.set": Effect.DATABASE,
    "@supabase/supabase-js.createClient(_).from(_).insert": Effect.DATABASE,
    "@supabase/ssr.createServerClient(_).from(_).select": Effect.DATABASE,
    "firebase-admin/firestore.getFirestore().collection(_).doc(_).set": Effect.DATABASE,
    "@aws-sdk/lib-dynamodb.DynamoDBDocumentClient.from(_).send": Effect.DATABASE,
    "@pinecone-database/pinecone.Pinecone().index(_).upsert": Effect.DATABASE,
    "fs.promises.writeFile": Effect.FILESYSTEM,
    "fs/promises.readFile": Effect.FILESYSTEM,
    "child_process.exec": Effect.PROCESS,
    "execa.execa": Effect.PROCESS,
    "zx.$": Effect.PROCESS,
    "worker_threads.Worker": Effect.THREAD,
    "openai(_).chat.completions.create": Effect.LLM,
    "openai.OpenAI().responses.create": Effect.LLM,
    "@anthropic-ai/sdk().messages.create": Effect.LLM,
    "ai.generateText": Effect.LLM,
    "ai.streamObject": Effect.LLM,
    "@google/genai.GoogleGenAI(_).models.generateContent": Effect.LLM,
    "@langchain/anthropic.ChatAnthropic(_).bindTools(_).invoke": Effect.LLM,
    "replicate(_).run": Effect.LLM,
    "resend.Resend(_).emails.send": Effect.MAIL,
    "@sendgrid/mail.send": Effect.MAIL,
    "nodemailer.createTransport(_).sendMail": Effect.MAIL,
    "'mailgun.js'(_).client(_).messages.create": Effect.MAIL,
    "@aws-sdk/client-sesv2.SESv2Client(_).send": Effect.MAIL,
    "stripe(_).charges.create": Effect.PAYMENT,
    "twilio(_).messages.create": Effect.MESSAGE,
    "@slack/web-api.WebClient(_).chat.postMessage": Effect.MESSAGE,
    "'discord.js'.REST().put": Effect.MESSAGE,
    "bullmq.Queue(_).add": Effect.QUEUE,
    "kafkajs.Kafka(_).producer().send": Effect.QUEUE,
    "'@trigger.dev/sdk/v3'.tasks.trigger": Effect.QUEUE,
    "@aws-sdk/client-s3.S3Client(_).send": Effect.STORAGE,
    "@google-cloud/storage.Storage().bucket(_).file(_).save": Effect.STORAGE,
    "@vercel/blob.put": Effect.STORAGE,
    "aws-sdk.S3().putObject": Effect.STORAGE,
    "@aws-sdk/client-secrets-manager.SecretsManagerClient(_).send": Effect.CLOUD,
    "console.log": Effect.PRINT,
    "winston.createLogger(_).info": Effect.LOG,
    "pino().child(_).info": Effect.LOG,
    "@sentry/nextjs.captureException": Effect.LOG,
    "@inquirer/prompts.input": Effect.INPUT,
    "inngest.Inngest(_).send": Effect.SEND,
}

MODULE = re.compile(r"builtins|bun:sqlite|\.prisma/client|(@[a-z0-9.-]+/)?[a-z0-9][a-z0-9._-]*(/[\w.-]+)*")
"""The name of a module as npm allows it, or of one without npm; what follows a slash is a path in the package."""

GIVES: dict[str, type] = {
    "Connection.cursor": sqlite3.Cursor,
    "Logger.getChild": logging.Logger,
    "Path.cwd": pathlib.Path,
    "Path.home": pathlib.Path,
    "asyncio.get_event_loop": asyncio.AbstractEventLoop,
    "asyncio.get_running_loop": asyncio.AbstractEventLoop,
    "asyncio.new_event_loop": asyncio.AbstractEventLoop,
    "dbm.open": shelve.Shelf,
    "logging.getLogger": logging.Logger,
    "multiprocessing.Pool": multiprocessing.pool.Pool,
    "shelve.open": shelve.Shelf,
    "socket.create_connection": socket.socket,
    "sqlite3.connect": sqlite3.Connection,
    "tarfile.open": tarfile.TarFile,
    "urllib.request.build_opener": urllib.request.OpenerDirector,
    "webbrowser.get": webbrowser.BaseBrowser,
}
"""What functions of the standard library give; a class gives itself."""

SINCE = {
    "Path.copy": (3, 14),
    "Path.copy_into": (3, 14),
    "Path.is_junction": (3, 12),
    "Path.move": (3, 14),
    "Path.move_into": (3, 14),
    "Path.walk": (3, 12),
    "locale.getencoding": (3, 11),
    "random.binomialvariate": (3, 12),
    "uuid.uuid6": (3, 14),
    "uuid.uuid7": (3, 14),
    "uuid.uuid8": (3, 14),
}
"""The Python that brought a name, where that is later than the oldest one supported."""

ELSEWHERE = {"LoggerAdapter.fatal", "os.startfile", "select.kqueue"}
"""What only other systems have, and what an alias promises too much."""


def path(written: str) -> tuple[str, ...]:
    """The path of a call as people write it; `*` stands for some attribute, and quotes hold a name together."""
    hops = re.findall(r"'[^']+'|\(_?\)|[^.()]+", written)
    return tuple("anything" if hop == "*" else hop.strip("'") for hop in hops)


def call(arguments: int = 0, *, spread: bool = False) -> Call:
    """A call with so many arguments."""
    given = tuple(Argument(None, Constant(1), SPAN, spread) for _ in range(arguments))
    return Call(SPAN, Ref(Origin.IMPORT, ("f",)), given, "f")


def classified(written: str, arguments: int = 0, by: Catalogue = PYTHON) -> Effect | None:
    """What a catalogue says of a call."""
    return by.classify(path(written), call(arguments))


def missing(written: str) -> str | None:
    """The first name of a path in the standard library that is not there."""
    first, *hops = re.findall(r"\(_?\)|[^.()]+", written)
    found: object = importlib.import_module(first)
    owner = ""
    for hop in hops:
        if hop in (CALLED, CALLED_WITH_ARGUMENTS):
            found = found if isinstance(found, type) else GIVES[owner]
        elif hop != "*":
            owner = f"{named(found)}.{hop}"
            if owner in ELSEWHERE or SINCE.get(owner, (3,)) > sys.version_info:
                return None
            if not hasattr(found, hop) and not submodule(owner):
                return owner
            found = getattr(found, hop)
    return None


def submodule(name: str) -> bool:
    """Whether this is a module, which is then there as an attribute of its package."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


def named(what: object) -> str:
    """The name of a module, a class, or the class of anything else."""
    if isinstance(what, ModuleType):
        return what.__name__
    return what.__qualname__ if isinstance(what, type) else type(what).__qualname__


@pytest.mark.parametrize("known", CATALOGUES.values(), ids=CATALOGUES)
def test_every_entry_is_classified_as_itself(known: Catalogue) -> None:
    got = {pattern: classified(pattern, by=known) for pattern, _, _ in known.entries()}

    assert got == {pattern: effect for pattern, effect, _ in known.entries()}


@pytest.mark.parametrize("known", CATALOGUES.values(), ids=CATALOGUES)
def test_the_catalogue_names_an_entry_only_once(known: Catalogue) -> None:
    patterns = [pattern for pattern, _, _ in known.entries()]

    assert len(patterns) == len(set(patterns))


@pytest.mark.parametrize("known", CATALOGUES.values(), ids=CATALOGUES)
def test_the_catalogue_has_every_effect_but_the_one_only_users_can_know(known: Catalogue) -> None:
    assert {effect for _, effect, _ in known.entries()} == set(Effect) - {Effect.STEP_RUN}


def modules() -> list[str]:
    """The modules that the tables of JavaScript libraries are named after, each as often as it stands there."""
    return [name for header in tables("typescript").keys() - {"alias"} for name in header.split(", ")]


def tables(language: str) -> dict[str, dict[str, object]]:
    """The tables of a language's catalogue."""
    return loads((TABLES / f"{language}.toml").read_text("utf-8"))


def test_every_javascript_module_has_a_name_that_can_be_imported() -> None:
    assert [name for name in modules() if not MODULE.fullmatch(name)] == []


def test_no_javascript_module_stands_in_two_tables() -> None:
    assert sorted(modules()) == sorted(set(modules()))


@pytest.mark.skipif(sys.platform != "linux", reason="the names of one system are enough")
def test_every_name_of_the_standard_library_exists() -> None:
    standard = [p for p, _, _ in PYTHON.entries() if path(p)[0] in sys.stdlib_module_names]

    assert [name for pattern in standard if (name := missing(pattern))] == []


@pytest.mark.parametrize("language", Language)
def test_every_alias_leads_to_an_entry(language: Language) -> None:
    targets = [str(target).replace(".default", "") for target in tables(language.value)["alias"].values()]
    patterns = [pattern for pattern, _, _ in catalogue(language).entries()]

    assert [target for target in targets if not any(p.startswith(target) for p in patterns)] == []


@pytest.mark.parametrize("written", SILENT.split())
def test_it_stays_silent_about(written: str) -> None:
    assert classified(written, 1) in {None, Effect.PURE}


@pytest.mark.parametrize(("written", "effect"), EFFECTIVE.items())
def test_it_knows(written: str, effect: Effect) -> None:
    assert classified(written, 1) is effect


@pytest.mark.parametrize("written", SILENT_IN_TYPESCRIPT.split())
def test_it_stays_silent_in_typescript_about(written: str) -> None:
    assert classified(quoted(written), 1, TYPESCRIPT) in {None, Effect.PURE}


@pytest.mark.parametrize(("written", "effect"), EFFECTIVE_IN_TYPESCRIPT.items())
def test_it_knows_in_typescript(written: str, effect: Effect) -> None:
    assert classified(written, 1, TYPESCRIPT) is effect


def quoted(written: str) -> str:
    """A path with quotes around the modules that have dots in their names."""
    return re.sub(r"^(discord|mailgun)\.js", r"'\1.js'", written)


def test_a_date_that_is_made_from_nothing_reads_the_clock() -> None:
    assert [classified("Date", n, TYPESCRIPT) for n in range(2)] == [Effect.CLOCK, Effect.PURE]


def test_the_default_export_is_the_module_to_who_imports_it() -> None:
    shop = TYPESCRIPT.extended({"shop": {"default": "network", "default().pay": "payment"}})

    assert [classified(p, by=shop) for p in ("shop", "shop.default", "shop.default(_).pay")] == [
        Effect.NETWORK,
        Effect.NETWORK,
        Effect.PAYMENT,
    ]


def test_users_name_a_javascript_module_as_they_import_it() -> None:
    shop = TYPESCRIPT.extended({"@/app/(shop)/db.server": {"save": "database"}, "./mail.js, ./post.js": {"*": "mail"}})

    assert [classified(p, by=shop) for p in ("'@/app/(shop)/db.server'.save", "'./post.js'.send")] == [
        Effect.DATABASE,
        Effect.MAIL,
    ]


def test_users_put_a_name_with_a_dot_in_quotes_where_more_follows() -> None:
    shop = TYPESCRIPT.extended(
        {"alias": {"'./db.server'.db": "@prisma/client.PrismaClient()"}, "'./mail.js'.send": "mail"}
    )

    assert [classified(p, by=shop) for p in ("'./db.server'.db.order.create", "'./mail.js'.send")] == [
        Effect.DATABASE,
        Effect.MAIL,
    ]


def test_an_entry_is_written_with_quotes_where_a_name_has_a_dot() -> None:
    shop = TYPESCRIPT.extended({"./db.server": {"db().save": "database"}})

    assert "'./db.server'.db().save" in {pattern for pattern, _, _ in shop.entries()}


def test_a_run_over_one_language_reads_no_table_of_the_other(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import inngest, time\n"
        "client = inngest.Inngest(app_id='shop')\n"
        "@client.create_function(fn_id='pay', trigger=inngest.TriggerEvent(event='pay'))\n"
        "async def pay(ctx: inngest.Context) -> None:\n"
        "    await ctx.step.run(str(time.time()), lambda: [])\n"
    )
    program = (
        "import sys\n"
        "sys.addaudithook(lambda event, args: event == 'open' and print(args[0], file=sys.stderr))\n"
        "from inngest_lint.cli import run\n"
        "run(['check', '--isolated', 'app.py'])\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    opened = {Path(line) for line in run.stderr.splitlines() if line.endswith(".toml")}

    assert {file.relative_to(TABLES).parts[0] for file in opened if TABLES in file.parents} == {"python", "python.toml"}


def test_the_clock_is_read_by_a_formatter_given_only_the_format() -> None:
    assert [classified("time.strftime", n) for n in range(3)] == [Effect.CLOCK, Effect.CLOCK, Effect.PURE]


def test_a_conversion_of_a_given_time_does_not_read_the_clock() -> None:
    assert [classified("time.gmtime", n) for n in range(2)] == [Effect.CLOCK, Effect.PURE]


def test_a_condition_on_arguments_does_not_hold_where_they_are_unpacked() -> None:
    assert PYTHON.classify(path("time.strftime"), call(1, spread=True)) is Effect.PURE


def test_a_name_the_catalogue_does_not_have_is_unknown() -> None:
    assert classified("shop.orders.place") is None


def test_no_path_at_all_is_unknown() -> None:
    assert PYTHON.classify((), call()) is None


def test_what_a_call_with_an_effect_gives_is_known_to_do_nothing() -> None:
    assert classified("requests.get(_).json") is Effect.PURE


def test_a_call_of_each_item_of_what_an_effect_gave_is_known_to_do_nothing() -> None:
    redis = ("redis", "Redis", CALLED, "scan_iter", CALLED_WITH_ARGUMENTS, EACH, "decode")

    assert PYTHON.classify(redis, call()) is Effect.PURE


def test_the_longer_pattern_wins() -> None:
    shop = PYTHON.extended({"shop": {"*": "network", "db.*": "database", "db.cache.get": "pure"}})

    assert [classified(p, by=shop) for p in ("shop.pay", "shop.db.find", "shop.db.cache.get")] == [
        Effect.NETWORK,
        Effect.DATABASE,
        Effect.PURE,
    ]


def test_a_name_at_any_depth_wins_over_every_call_at_any_depth() -> None:
    shop = PYTHON.extended({"shop": {"*": "database", "*.close": "pure"}})

    assert classified("shop.pool.connection.close", by=shop) is Effect.PURE


def test_a_pattern_that_asks_for_arguments_is_kept_from_calls_without() -> None:
    shop = PYTHON.extended({"shop": {"Dice().roll": "random", "Dice(_).roll": "pure"}})

    assert [classified(p, by=shop) for p in ("shop.Dice().roll", "shop.Dice(_).roll")] == [Effect.RANDOM, Effect.PURE]


def test_users_add_their_own_functions() -> None:
    shop = PYTHON.extended({"shop.db": {"save|load": "database"}, "shop.steps": {"durable": "step-run"}})

    assert [classified(p, by=shop) for p in ("shop.db.load", "shop.steps.durable")] == [
        Effect.DATABASE,
        Effect.STEP_RUN,
    ]


def test_users_see_no_difference_between_quoted_and_nested_tables() -> None:
    shop = PYTHON.extended({"shop": {"db": {"save": {"effect": "database", "when": "no-arguments"}}}})

    assert classified("shop.db.save", by=shop) is Effect.DATABASE


def test_users_unmark_a_call() -> None:
    calm = PYTHON.extended({"requests": {"get": "pure"}})

    assert [classified(p, by=calm) for p in ("requests.get", "requests.post")] == [Effect.PURE, Effect.NETWORK]


def test_users_unmark_a_library_and_its_other_names() -> None:
    calm = PYTHON.extended({"redis": {"*": "pure"}})

    assert [classified(p, by=calm) for p in ("redis.Redis().get", "aioredis.Redis().get")] == [Effect.PURE, None]


def test_users_unmark_what_is_built_in() -> None:
    assert classified("print", by=PYTHON.extended({"builtins": {"print": "pure"}})) is Effect.PURE


def test_users_give_a_class_of_theirs_the_effects_of_another() -> None:
    shop = PYTHON.extended({"alias": {"shop.http.Client": "httpx.Client"}})

    assert classified("shop.http.Client(_).get", by=shop) is Effect.NETWORK


def test_aliases_of_each_other_lead_nowhere() -> None:
    shop = PYTHON.extended({"alias": {"shop.a": "store.b", "store.b": "shop.a"}})

    assert classified("shop.a", by=shop) is None


def test_extending_leaves_the_catalogue_as_it_was() -> None:
    PYTHON.extended({"requests": {"*": "pure"}})

    assert classified("requests.get") is Effect.NETWORK


@pytest.mark.parametrize(
    ("tables", "keys", "reason"),
    [
        ({"shop": {"save": "databse"}}, ("shop", "save"), "unknown effect 'databse' — did you mean 'database'?"),
        ({"shop": {"save": 3}}, ("shop", "save"), "effect has to be one of clock, random"),
        ({"shop": {"save": {"when": "no-arguments"}}}, ("shop", "save", "effect"), "effect has to be one of"),
        (
            {"shop": {"save": {"effect": "clock", "when": "no-argument"}}},
            ("shop", "save", "when"),
            "unknown condition 'no-argument' — did you mean 'no-arguments'?",
        ),
        ({"shop": {"save": {"effect": "clock", "wen": "x"}}}, ("shop", "save", "wen"), "unknown key"),
        ({"shop": {"save": "qqq"}}, ("shop", "save"), "unknown effect 'qqq' — there are clock, random"),
        ({"shop": {"save(x)": "pure"}}, ("shop", "save(x)"), "'save(x)' is not a path such as"),
        ({"shop..db": {"save": "pure"}}, ("shop..db",), "'shop..db' is not a path such as"),
        ({"shop": {"a||b": "pure"}}, ("shop", "a||b"), "'a||b' is not a path such as"),
        ({"shop": {"*.db.save": "pure"}}, ("shop", "*.db.save"), "`*` stands below a name"),
        ({"*": "pure"}, ("*",), "`*` stands below a name"),
        ({"shop'.db": {"save": "pure"}}, ("shop'.db",), "'shop'.db' is not a path such as"),
        ({"alias": "shop"}, ("alias",), "not a table"),
        ({"alias": {"shop.a": 1}}, ("alias", "shop.a"), "not the name of what it stands for"),
        ({"alias": {"shop.a": "b|c"}}, ("alias", "shop.a"), "stands for more than one thing"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_key(
    tables: Mapping[str, object], keys: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CatalogueError) as caught:
        PYTHON.extended(tables)

    assert (caught.value.keys, caught.value.reason[: len(reason)]) == (keys, reason)


def test_a_list_of_modules_names_each_of_them() -> None:
    with pytest.raises(CatalogueError) as caught:
        TYPESCRIPT.extended({"shop, ": {"save": "pure"}})

    assert str(caught.value) == "shop, : 'shop, ' is not the name of a module"


def test_an_error_reads_as_its_key_and_its_reason() -> None:
    assert str(CatalogueError(("shop", "save"), "not a table")) == "shop.save: not a table"


def test_every_effect_has_a_phrase_of_its_own() -> None:
    assert len({effect.phrase for effect in Effect}) == len(Effect)
