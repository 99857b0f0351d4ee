"""What the shop wants to know every morning."""

import datetime
import tempfile

import inngest

from .client import client
from .store import mail, sales

REGIONS = ("north", "south")


@client.create_function(fn_id="daily-report", trigger=inngest.TriggerCron(cron="0 6 * * *"))
async def daily_report(ctx: inngest.Context) -> None:
    north, south = await ctx.group.parallel(
        (
            ctx.step.run("sales-north", sales, "north"),
            ctx.step.run("sales-south", sales, "south"),
        )
    )
    with tempfile.TemporaryDirectory() as directory:
        await ctx.step.run("write", write, directory, len(north) + len(south))
        await ctx.step.run("send", send(directory))


@client.create_function(fn_id="stamp-report", trigger=inngest.TriggerEvent(event="shop/report.requested"))
async def stamp_report(ctx: inngest.Context) -> None:
    stamp = await ctx.step.run("stamp", lambda: datetime.datetime.now(datetime.timezone.utc))
    await ctx.step.run("announce", mail, "boss@shop.example", str(stamp))


async def send(directory: str) -> None:
    await mail("boss@shop.example", f"{directory}/report.txt")


async def write(directory: str, total: int) -> None:
    with open(f"{directory}/report.txt", "w", encoding="utf-8") as file:
        file.write(f"{total} sold")
