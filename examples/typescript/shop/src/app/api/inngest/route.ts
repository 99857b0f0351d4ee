/** The route that Inngest calls. */
import { serve } from "inngest/next";
import { inngest } from "@/inngest/client";
import { sendInvoice } from "@/inngest/invoices";
import { inviteFriends, welcomeCustomer } from "@/inngest/onboarding";
import { cancelOrder, fulfilOrder } from "@/inngest/orders";
import { dailyReport, stampReport } from "@/inngest/reports";
import { approveReturn, chaseParcels } from "@/inngest/returns";

export const { GET, POST, PUT } = serve({
  client: inngest,
  functions: [
    approveReturn,
    cancelOrder,
    chaseParcels,
    dailyReport,
    fulfilOrder,
    inviteFriends,
    sendInvoice,
    stampReport,
    welcomeCustomer,
  ],
  serveHost: "https://shop.example",
});
