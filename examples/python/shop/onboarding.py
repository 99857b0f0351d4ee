"""The first week of a customer."""

import asyncio
import datetime
import functools

import inngest

from .client import CustomerSignedUp, client
from .store import mail

LESSONS = ("first-order", "wishlists", "returns")


@client.create_function(
    fn_id="welcome-customer",
    trigger=inngest.TriggerEvent(event="shop/customer.signed-up"),
)
async def welcome_customer(ctx: inngest.Context) -> None:
    customer = CustomerSignedUp.model_validate(ctx.event.data)

    await asyncio.gather(
        ctx.step.run("welcome", mail, customer.email, "welcome"),
        ctx.step.run("tell-sales", mail, "sales@shop.example", "new-customer"),
    )
    await ctx.step.sleep("settle-in", datetime.timedelta(days=1))

    await ctx.group.parallel(
        tuple(lambda: ctx.step.run(f"lesson-{lesson}", mail, customer.email, lesson) for lesson in LESSONS)
    )


@client.create_function(
    fn_id="invite-friends",
    trigger=inngest.TriggerEvent(event="shop/customer.invited-friends"),
    concurrency=[inngest.Concurrency(limit=5)],
)
async def invite_friends(ctx: inngest.Context) -> int:
    customer = CustomerSignedUp.model_validate(ctx.event.data)
    invited: list[str] = []

    async def invite(friend: str) -> None:
        await mail(friend, "invitation")
        invited.append(friend)

    for friend in (f"a-friend-of-{customer.email}", f"another-of-{customer.email}"):
        await ctx.step.run(f"invite-{friend}", functools.partial(invite, friend))
    return len(invited)
