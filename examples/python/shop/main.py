"""The web application that Inngest calls."""

import inngest.fast_api
from fastapi import FastAPI

from .client import client
from .invoices import send_invoice
from .onboarding import invite_friends, welcome_customer
from .orders import cancel_order, fulfil_order
from .reports import daily_report, stamp_report
from .returns import approve_return, chase_parcels

app = FastAPI()

inngest.fast_api.serve(
    app,
    client,
    [
        approve_return,
        cancel_order,
        chase_parcels,
        daily_report,
        fulfil_order,
        invite_friends,
        send_invoice,
        stamp_report,
        welcome_customer,
    ],
)
