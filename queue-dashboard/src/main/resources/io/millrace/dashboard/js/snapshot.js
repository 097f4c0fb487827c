// The one place where the API's words become the page's values: every text a string, every count a number. What the
// page does not know is dropped, what is missing gets a harmless value, so that a newer or older API cannot break it.

const text = (value) => (value === null || value === undefined ? '' : String(value));
const number = (value) => (Number.isFinite(Number(value)) ? Number(value) : 0);
const list = (value) => (Array.isArray(value) ? value : []);
const time = (value) => {
  const ms = Date.parse(text(value));
  return Number.isNaN(ms) ? null : ms;
};

export function readSnapshot(json) {
  const raw = JSON.parse(json);
  return {
    at: time(raw.at) ?? Date.now(),
    queues: list(raw.queues).map(readQueue).sort((a, b) => a.name.localeCompare(b.name)),
    workers: list(raw.workers).map(readWorker).sort((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid),
    failures: list(raw.failures).map(readFailure),
    servers: { postgres: text(raw.servers?.postgres), redis: text(raw.servers?.redis) },
  };
}

const readQueue = (raw) => ({
  name: text(raw.name),
  ready: number(raw.ready),
  scheduled: number(raw.scheduled),
  running: number(raw.running),
  dead: number(raw.dead),
  oldestReadyAge: number(raw.oldest_ready_age_seconds),
  inRate: number(raw.in_per_second),
  outRate: number(raw.out_per_second),
  paused: raw.paused === true,
  indexed: raw.indexed !== false,
  waitingReason: text(raw.waiting_reason),
});

export const readLog = (raw) => ({
  dropped: number(raw.dropped),
  lines: list(raw.lines).map((line) => ({ at: time(line.at), attempt: number(line.attempt), text: text(line.text) })),
});

const readWorker = (raw) => ({
  id: text(raw.id),
  host: text(raw.host),
  pid: number(raw.pid),
  startedAt: time(raw.started_at),
  seenAt: time(raw.seen_at),
  queues: list(raw.queues).map((slots) => ({ queue: text(slots.queue), concurrency: number(slots.concurrency) })),
  types: list(raw.types).map(text),
  running: number(raw.running),
  version: text(raw.version),
  state: text(raw.state),
  asked: text(raw.asked),
});

const readFailure = (raw) => ({
  jobId: text(raw.job_id),
  type: text(raw.type),
  queue: text(raw.queue),
  attempt: number(raw.attempt),
  reason: text(raw.reason),
  message: text(raw.message),
  at: time(raw.at),
  state: text(raw.state),
});

export const readJob = (raw) => ({
  id: text(raw.id),
  type: text(raw.type),
  queue: text(raw.queue),
  state: text(raw.state),
  priority: number(raw.priority),
  attempt: number(raw.attempt),
  maxAttempts: number(raw.max_attempts),
  createdAt: time(raw.created_at),
  runAt: time(raw.run_at),
  startedAt: time(raw.started_at),
  finishedAt: time(raw.finished_at),
  timeout: text(raw.timeout),
  tags: list(raw.tags).map(text),
  progress: raw.progress ? { fraction: Math.min(1, Math.max(0, number(raw.progress.fraction))), message: text(raw.progress.message) } : null,
  resultExpired: raw.result_expired === true,
  resultExpiresAt: time(raw.result_expires_at),
  traceparent: text(raw.traceparent),
  result: raw.result === undefined || raw.result === null ? '' : JSON.stringify(raw.result, null, 2),
  error: raw.error ? { reason: text(raw.error.reason), message: text(raw.error.message) } : null,
  waitingReason: text(raw.waiting_reason),
  worker: text(raw.worker),
  attempts: list(raw.attempts).map((attempt) => ({
    attempt: number(attempt.attempt),
    reason: text(attempt.reason),
    message: text(attempt.message),
    worker: text(attempt.worker),
    startedAt: time(attempt.started_at),
    finishedAt: time(attempt.finished_at),
  })),
  artifacts: list(raw.artifacts).map((artifact) => ({
    name: text(artifact.name),
    size: number(artifact.size),
    contentType: text(artifact.content_type),
  })),
});
