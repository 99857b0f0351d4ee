/** Invoices: nothing to complain about here. */
import { charge, mail } from "@/lib/store";
import { inngest, orderFulfilled } from "./client";

export const sendInvoice = inngest.createFunction(
  { id: "send-invoice", triggers: orderFulfilled, retries: 3 },
  async ({ event, step }) => {
    const order = event.data;

    const payment = await step.run("charge", () => charge(order.customerId, order.amount));
    const issued = await step.run("issue", () => new Date().toISOString());
    await Promise.all(
      [order.email, "books@shop.example"].map((address) => step.run(`mail-${address}`, () => mail(address, "invoice"))),
    );
    await step.sleep("grace", "14d");
    await step.sendEvent("settled", { name: "shop/invoice.settled", data: { orderId: order.orderId, payment } });
    return { payment, issued };
  },
);
