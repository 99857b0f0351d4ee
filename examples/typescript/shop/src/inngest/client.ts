/** The Inngest client, and the events of the shop. */
import { eventType, Inngest } from "inngest";
import { z } from "zod";

export const inngest = new Inngest({ id: "shop", isDev: true });

export const orderFulfilled = eventType("shop/order.fulfilled", {
  schema: z.object({ orderId: z.string(), customerId: z.string(), amount: z.number(), email: z.email() }),
});

export const customerSignedUp = eventType("shop/customer.signed-up", {
  schema: z.object({ customerId: z.string(), email: z.email(), plan: z.string() }),
});

export const friendsInvited = eventType("shop/customer.invited-friends", {
  schema: z.object({ email: z.email(), friends: z.array(z.email()) }),
});
