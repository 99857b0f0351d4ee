"""What happens when a customer sends something back."""

import inngest

from .client import client
from .store import mail, refund


@client.create_function(
    fn_id="approve-return",
    trigger=inngest.TriggerEvent(event="shop/return.requested"),
    throttle=inngest.Throttle(limit=10, period=1500, key="data.customer_id"),
)
async def approve_return(ctx: inngest.Context) -> None:
    parcel = await ctx.step.wait_for_event("wait-for-parcel", event="shop/parcel.arrived", timeout=30)
    order_id = parcel.data["order_id"]
    try:
        await ctx.step.run("refund", refund, order_id)
    except ValueError:
        await ctx.step.run("tell-desk", mail, "desk@shop.example", "The refund failed.")


@client.create_function(fn_id="chase-parcels", trigger=inngest.TriggerCron(cron="0 0 7 * * *"))
async def chase_parcels(ctx: inngest.Context) -> None:
    await ctx.step.run("chase", mail, ctx.event.data["courier"], "Where are our parcels?")
    await ctx.step.run("chase", mail, "boss@shop.example", "The courier was asked.")
