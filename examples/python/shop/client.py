"""The Inngest client, and the payloads of the events of the shop."""

import inngest
from pydantic import BaseModel

client = inngest.Inngest(app_id="shop")


class OrderPaid(BaseModel):
    order_id: str
    customer_id: str
    amount: int
    email: str


class CustomerSignedUp(BaseModel):
    customer_id: str
    email: str
    plan: str
