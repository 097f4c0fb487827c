// bee-queue: jobs live in Redis alone; what Redis has not yet written to its log (a second's worth) is lost with the machine.
// Settings: one worker, concurrency 100, no events, finished jobs removed and not kept in memory, filling by saveAll.
import BeeQueue from "bee-queue";
import { countTo, PAYLOAD, run } from "./course.mjs";

const [url, jobs, repetitions] = process.argv.slice(2);
const quiet = { redis: { url }, getEvents: false, sendEvents: false, storeJobs: false, removeOnSuccess: true };
const queue = new BeeQueue("bench", { ...quiet, isWorker: false });

await run(
  {
    add: () => queue.createJob(PAYLOAD).save(),
    fill: (n) => queue.saveAll(Array.from({ length: n }, () => queue.createJob(PAYLOAD))),
    drain: async (n) => {
      const counter = countTo(n);
      const worker = new BeeQueue("bench", quiet);
      worker.process(100, async () => {});
      worker.on("succeeded", counter.one);
      await counter.all;
      await worker.close();
    },
    clear: () => queue.destroy(),
    close: () => queue.close(),
  },
  Number(jobs),
  Number(repetitions),
);
process.exit(0);
