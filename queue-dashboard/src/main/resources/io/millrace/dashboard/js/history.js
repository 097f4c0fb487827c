/** How far back the sparklines reach. */
export const WINDOW_MS = 120_000;

/** The rates of the last two minutes, per queue, by the server's clock. A new value each time, so that views notice. */
export function remember(history, snapshot) {
  const next = new Map();
  const from = snapshot.at - WINDOW_MS;
  for (const queue of snapshot.queues) {
    const kept = (history.get(queue.name) ?? []).filter((point) => point.at > from && point.at < snapshot.at);
    next.set(queue.name, [...kept, { at: snapshot.at, in: queue.inRate, out: queue.outRate }]);
  }
  return next;
}
