"""Invoices: nothing to complain about here."""

import datetime
import functools

import inngest

from .client import OrderPaid, client
from .store import charge, mail


@client.create_function(
    fn_id="send-invoice",
    trigger=inngest.TriggerEvent(event="shop/order.fulfilled"),
    retries=3,
)
async def send_invoice(ctx: inngest.Context) -> dict[str, str]:
    order = OrderPaid.model_validate(ctx.event.data)

    payment = await ctx.step.run("charge", charge, order.customer_id, order.amount)
    issued = await ctx.step.run("issue", lambda: datetime.datetime.now(datetime.timezone.utc).isoformat())
    await ctx.group.parallel(
        tuple(
            functools.partial(ctx.step.run, f"mail-{address}", mail, address, "invoice")
            for address in (order.email, "books@shop.example")
        )
    )
    await ctx.step.sleep("grace", datetime.timedelta(days=14))
    await ctx.step.send_event(
        "settled", inngest.Event(name="shop/invoice.settled", data={"order_id": order.order_id, "payment": payment})
    )
    return {"payment": payment, "issued": issued}
