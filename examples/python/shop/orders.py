"""What happens once an order is paid."""

import datetime
import uuid

import httpx
import inngest

from .client import client
from .store import charge, mail, reserve


@client.create_function(
    fn_id="fulfil-order",
    trigger=inngest.TriggerEvent(event="shop/order.paid", if_exp="event.data.amount > 0"),
    retries=3,
)
async def fulfil_order(ctx: inngest.Context) -> dict[str, object]:
    order_id = str(ctx.event.data["order_id"])
    reference = str(uuid.uuid4())
    print(f"fulfilling {order_id} as {reference}")

    async with httpx.AsyncClient() as http:
        stock = (await http.get(f"https://stock.shop.example/{order_id}")).json()
    if not stock["available"]:
        raise inngest.NonRetriableError("sold out")

    async def reserve_and_confirm() -> None:
        await reserve(order_id)
        await ctx.step.run("confirm", mail, "customer@shop.example", "confirmed")

    await ctx.step.run("reserve", reserve_and_confirm)
    await ctx.step.run(f"charge-{reference}", charge, str(ctx.event.data["customer_id"]), 100)

    if datetime.datetime.now(datetime.timezone.utc).weekday() < 5:
        ctx.step.run("announce", mail, "warehouse@shop.example", "parcel")

    await client.send(inngest.Event(name="shop/order.fulfilled", data={"order_id": order_id}))
    return {"reference": reference}


@client.create_function(
    fn_id="cancel-order",
    trigger=inngest.TriggerEvent(event="shop/order.cancelled"),
)
async def cancel_order(ctx: inngest.Context) -> None:
    order = ctx.event.data
    try:
        await ctx.step.run("refund", charge, order.customer_id, -order.amount)
    except:
        await ctx.step.send_event("alert", {"name": "shop/refund.failed", "data": {"order": order.order_id}})
