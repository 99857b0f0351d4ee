/** What the shop wants to know every morning. */
import { cron } from "inngest";
import { mail, sales } from "@/lib/store";
import { inngest } from "./client";

class Mailer {
  constructor(private readonly address: string) {}

  async send() {
    await mail(this.address, "report");
  }
}

const mailer = new Mailer("boss@shop.example");

export const dailyReport = inngest.createFunction(
  { id: "daily-report", triggers: cron("0 6 * * *") },
  async ({ step }) => {
    const [north, south] = await Promise.all([
      step.run("sales-north", () => sales("north")),
      step.run("sales-south", () => sales("south")),
    ]);
    await step.run("archive", archive(north.length + south.length));
    await step.run("send", mailer.send);
  },
);

export const stampReport = inngest.createFunction(
  { id: "stamp-report", triggers: { event: "shop/report.requested" } },
  async ({ step }) => {
    const stamp = await step.run("stamp", () => new Date());
    await step.run("announce", () => mail("boss@shop.example", `report-${stamp.getTime()}`));
  },
);

async function archive(total: number) {
  await mail("archive@shop.example", `sold-${total}`);
}
