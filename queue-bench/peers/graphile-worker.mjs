// graphile-worker: jobs are rows of PostgreSQL, as durable as Millrace's. A job is deleted when it has succeeded.
// Settings of its page on performance: a local queue of 500, completions in batches, 24 jobs at once, filling by addJobs.
import { Logger, makeWorkerUtils, run as start } from "graphile-worker";
import pg from "pg";
import { countTo, PAYLOAD, run } from "./course.mjs";

const [url, jobs, repetitions] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 20 });
const preset = {
  worker: {
    concurrentJobs: 24,
    maxPoolSize: 10,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  },
};
const utils = await makeWorkerUtils({ pgPool: pool });
await utils.migrate();

await run(
  {
    add: () => utils.addJob("noop", PAYLOAD),
    fill: (n) => utils.addJobs(Array.from({ length: n }, () => ({ identifier: "noop", payload: PAYLOAD }))),
    drain: async (n) => {
      const counter = countTo(n);
      const runner = await start({
        connectionString: url,
        preset,
        taskList: { noop: async () => counter.one() },
        noHandleSignals: true,
        logger: new Logger(() => () => {}),
      });
      await counter.all;
      await runner.stop();
    },
    clear: () => pool.query("TRUNCATE graphile_worker._private_jobs"),
    close: async () => {
      await utils.release();
      await pool.end();
    },
  },
  Number(jobs),
  Number(repetitions),
);
process.exit(0);
