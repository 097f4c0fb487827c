// BullMQ: jobs live in Redis alone; what Redis has not yet written to its log (a second's worth) is lost with the machine.
// Settings: one worker, concurrency 100, finished jobs removed, bulk filling by addBulk.
import { Queue, Worker } from "bullmq";
import IORedis from "ioredis";
import { countTo, PAYLOAD, run } from "./course.mjs";

const [url, jobs, repetitions] = process.argv.slice(2);
const options = { removeOnComplete: true, removeOnFail: true };
const connection = () => new IORedis(url, { maxRetriesPerRequest: null });
const queue = new Queue("bench", { connection: connection(), defaultJobOptions: options });

await run(
  {
    add: () => queue.add("noop", PAYLOAD),
    fill: (n) => queue.addBulk(Array.from({ length: n }, () => ({ name: "noop", data: PAYLOAD }))),
    drain: async (n) => {
      const counter = countTo(n);
      const worker = new Worker("bench", async () => {}, { connection: connection(), concurrency: 100 });
      worker.on("completed", counter.one);
      await counter.all;
      await worker.close();
    },
    clear: () => queue.obliterate({ force: true }),
    close: () => queue.close(),
  },
  Number(jobs),
  Number(repetitions),
);
process.exit(0);
