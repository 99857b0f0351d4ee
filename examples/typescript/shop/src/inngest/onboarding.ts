/** The first week of a customer. */
import { mail } from "@/lib/store";
import { customerSignedUp, friendsInvited, inngest } from "./client";

const LESSONS = ["first-order", "wishlists", "returns"];

export const welcomeCustomer = inngest.createFunction(
  { id: "welcome-customer", triggers: customerSignedUp },
  async ({ event, step }) => {
    const customer = event.data;

    await Promise.race([
      step.run("welcome", () => mail(customer.email, "welcome")),
      step.run("tell-sales", () => mail("sales@shop.example", "new-customer")),
    ]);
    await step.sleep("settle-in", "1d");

    LESSONS.forEach(async (lesson) => {
      await step.run(`lesson-${lesson}`, () => mail(customer.email, lesson));
    });
  },
);

export const inviteFriends = inngest.createFunction(
  { id: "invite-friends", triggers: friendsInvited, concurrency: [{ limit: 5 }] },
  async ({ event, step }) => {
    const invited: string[] = [];

    for (const friend of event.data.friends) {
      await step.run(`invite-${friend}`, async () => {
        await mail(friend, "invitation");
        invited.push(friend);
      });
    }
    return invited.length;
  },
);
