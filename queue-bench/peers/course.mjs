// What every peer is put through. The bench reads the lines that are printed here and meters the time between them.
//
//   start <what>                  the clock runs
//   done <what> <jobs> <seconds>  it has stopped

/** As many calls in flight as the bench's load has clients. */
const IN_FLIGHT = 64;
const ADD_SECONDS = 4;
const BATCH = 1000;

/** 200 bytes, like the payload of the bench's own jobs. */
export const PAYLOAD = { text: "x".repeat(189) };

const seconds = (since) => Number(process.hrtime.bigint() - since) / 1e9;

async function timed(what, work) {
  console.log(`start ${what}`);
  const since = process.hrtime.bigint();
  const jobs = await work(since);
  console.log(`done ${what} ${jobs} ${seconds(since)}`);
}

async function addSingles(peer, since) {
  let added = 0;
  const client = async () => {
    while (seconds(since) < ADD_SECONDS) {
      await peer.add();
      added++;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
  return added;
}

/**
 * @param peer add(): adds one job and waits until it is stored; fill(n): adds n at once; drain(n): resolves when a
 *     worker that is started now has finished n jobs, and stops it; clear(): forgets all jobs; close()
 * @param jobs how many are drained each time
 * @param repetitions how often, after a first time that does not count
 */
export async function run(peer, jobs, repetitions) {
  for (let i = 0; i <= repetitions; i++) {
    await timed(i === 0 ? "warm-up" : "add", (since) => addSingles(peer, since));
    await peer.clear();
    for (let left = jobs; left > 0; left -= BATCH) {
      await peer.fill(Math.min(left, BATCH));
    }
    await timed(i === 0 ? "warm-up" : "drain", async () => {
      await peer.drain(jobs);
      return jobs;
    });
  }
  await peer.close();
}

/** A counter that tells when it has counted far enough. */
export function countTo(n) {
  let reached;
  let count = 0;
  const all = new Promise((resolve) => (reached = resolve));
  return { all, one: () => ++count === n && reached() };
}
