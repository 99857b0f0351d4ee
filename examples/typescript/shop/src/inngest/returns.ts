/** What happens when a customer sends something back. */
import { mail, refund } from "@/lib/store";
import { inngest } from "./client";

export const approveReturn = inngest.createFunction(
  {
    id: "approve-return",
    triggers: { event: "shop/return.requested" },
    throttle: { limit: 10, period: "1 minute", key: "data.customerId" },
  },
  async ({ step }) => {
    const parcel = await step.waitForEvent("wait-for-parcel", { event: "shop/parcel.arrived", timeout: "1h30m" });
    const { orderId } = parcel.data;
    try {
      await step.run("refund", () => refund(orderId));
    } catch (error) {
      if (error instanceof RangeError) {
        await step.run("tell-desk", () => mail("desk@shop.example", "The refund failed."));
      }
    }
  },
);

export const chaseParcels = inngest.createFunction(
  { id: "chase-parcels", triggers: { cron: "0 0 7 * * *" } },
  async ({ event, step }) => {
    await step.run("chase", () => mail(event.data.courier, "Where are our parcels?"));
    await step.run("chase", () => mail("boss@shop.example", "The courier was asked."));
  },
);
