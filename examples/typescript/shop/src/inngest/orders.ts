/** What happens once an order is paid. */
import { randomUUID } from "node:crypto";
import { NonRetriableError } from "inngest";
import { charge, mail, reserve } from "@/lib/store";
import { inngest } from "./client";

export const fulfilOrder = inngest.createFunction(
  { id: "fulfil-order", triggers: { event: "shop/order.paid", expression: "event.data.amount > 0" }, retries: 3 },
  async ({ event, step }) => {
    const orderId = String(event.data.orderId);
    const reference = randomUUID();
    console.log(`fulfilling ${orderId} as ${reference}`);

    const response = await fetch(`https://stock.shop.example/${orderId}`);
    const stock = await response.json();
    if (!stock.available) {
      throw new NonRetriableError("sold out");
    }

    await step.run("reserve", async () => {
      await reserve(orderId);
      await step.run("confirm", () => mail("customer@shop.example", "confirmed"));
    });
    await step.run(`charge-${reference}`, () => charge(String(event.data.customerId), 100));

    if (new Date().getDay() < 5) {
      step.run("announce", () => mail("warehouse@shop.example", "parcel"));
    }

    await inngest.send({ name: "shop/order.fulfilled", data: { orderId } });
    return { reference };
  },
);

export const cancelOrder = inngest.createFunction(
  { id: "cancel-order" },
  { event: "shop/order.cancelled" },
  async ({ event, step }) => {
    const order = event.data;
    try {
      await step.run("refund", () => charge(order.customerId, -order.amount));
    } catch {
      throw `${order.orderId} is not refunded`;
    }
  },
);
