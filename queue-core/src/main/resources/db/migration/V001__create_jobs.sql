-- The durable record: jobs, their failed attempts, idempotency keys, unique keys, queues and API keys.
--
-- For operators: creates new tables only, takes no lock that anything waits for, and ends in milliseconds.
-- The daily partitions of job and attempt are made and dropped by the running services, never by a migration.

-- One row a job, written at acceptance and once more at its end. Partitioned by day: an id begins with the time of
-- acceptance. Finishing a normal job changes no indexed column, so the second write stays on the row's own page (HOT).
CREATE TABLE job (
  id                uuid        NOT NULL,
  due_at            timestamptz,          -- waits until then; also set whenever an accepted job becomes runnable again
  expires_at        timestamptz,          -- ends the job if no handler has begun by then; null from the first beginning on
  dead_at           timestamptz,
  started_at        timestamptz,
  finished_at       timestamptz,
  result_ends_at    timestamptz,          -- when result and files go, where the submit said how long they are kept
  fence             integer     NOT NULL DEFAULT 0,  -- only grows; an outcome counts only with the current one
  begun_fence       integer,              -- noted before a job with crashes behind it begins
  state             smallint    NOT NULL DEFAULT 0,  -- 0 waiting, 1 succeeded, 2 dead, 3 cancelled
  priority          smallint    NOT NULL,
  attempt           smallint    NOT NULL DEFAULT 0,  -- attempts that ended by the handler
  crashes           smallint    NOT NULL DEFAULT 0,  -- attempts that ended with their worker
  cancel_requested  boolean     NOT NULL DEFAULT false,
  queue             text        NOT NULL,
  type              text        NOT NULL,
  options           text,                 -- JSON of what the submit asked for: retry policy, timeout, life of the result, trace
  tags              text,                 -- joined by commas
  unique_key        text,                 -- as asked for; whether it is held is told by the table unique_key
  payload           bytea       NOT NULL, -- the JSON as given
  worker            text,
  failure_reason    text,
  failure_message   text,
  result            bytea,
  PRIMARY KEY (id)
) PARTITION BY RANGE (id);

CREATE INDEX job_queue ON job (queue, id);
CREATE INDEX job_due ON job (due_at) INCLUDE (queue) WHERE due_at IS NOT NULL;
CREATE INDEX job_expires ON job (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX job_cancel ON job (id) WHERE cancel_requested;
CREATE INDEX job_dead ON job (dead_at) INCLUDE (queue) WHERE dead_at IS NOT NULL;
CREATE INDEX job_result_ends ON job (result_ends_at) WHERE result_ends_at IS NOT NULL;

-- Attempts that failed or were cut off. A success is in the job's own row.
CREATE TABLE attempt (
  job_id       uuid        NOT NULL,
  finished_at  timestamptz NOT NULL,
  started_at   timestamptz,
  fence        integer     NOT NULL,
  attempt      smallint    NOT NULL,
  reason       text        NOT NULL,
  message      text        NOT NULL,
  worker       text,
  PRIMARY KEY (job_id, fence)
) PARTITION BY RANGE (job_id);

CREATE INDEX attempt_finished ON attempt (finished_at);

-- A key stands for one job of its owner until it expires, whatever becomes of the job.
CREATE TABLE idempotency_key (
  owner        text        NOT NULL,
  key          text        NOT NULL,
  job_id       uuid        NOT NULL,
  fingerprint  bytea       NOT NULL,
  run_at       timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  replaced     boolean,                   -- true: the submit changed that job instead of making it
  PRIMARY KEY (owner, key)
);

CREATE INDEX idempotency_key_expires ON idempotency_key (expires_at);

-- A key that one unfinished job of its queue may have. It is held while that job has not ended; a row whose job has ended,
-- or is gone, stands for nothing. fence is the job's when it took the key: so who takes a key over from a job that had ended
-- notices that it was redriven meanwhile.
CREATE TABLE unique_key (
  queue   text     NOT NULL,
  key     text     NOT NULL,
  job_id  uuid     NOT NULL,
  fence   integer  NOT NULL DEFAULT 0,
  PRIMARY KEY (queue, key)
);

-- A queue exists by being used. epoch numbers its index in Redis: every opening raises it.
CREATE TABLE queue (
  name        text        NOT NULL PRIMARY KEY,
  epoch       bigint      NOT NULL DEFAULT 0,
  paused      boolean     NOT NULL DEFAULT false,
  idempotency_life_ms  bigint,            -- null: the default
  backlog_limit        integer,           -- null: none
  concurrency_limit    integer,           -- jobs that run at once in all workers; null: no limit
  rate_limit           double precision,  -- jobs that start in a second in all workers; null: no limit
  created_at  timestamptz NOT NULL DEFAULT now()
);

-- Only the SHA-256 of a key is kept; the prefix finds it.
CREATE TABLE api_key (
  id          text        NOT NULL PRIMARY KEY,
  number      bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,  -- the order of lists
  owner       text        NOT NULL,
  hash        bytea       NOT NULL,
  scopes      text        NOT NULL,     -- joined by commas
  queues      text        NOT NULL DEFAULT '*',  -- patterns of the queues it may know of, joined by commas
  created_at  timestamptz NOT NULL DEFAULT now(),
  created_by  text        NOT NULL,     -- id of the key that made it
  expires_at  timestamptz,
  revoked_at  timestamptz
);

-- What people did, written in the transaction of the act. before and after never hold payloads or secrets.
CREATE TABLE audit (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  key_id      text        NOT NULL,
  owner       text        NOT NULL,
  action      text        NOT NULL,
  target      text        NOT NULL,
  queue       text,
  before      jsonb,
  after       jsonb
);

CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_target ON audit (target, id);
CREATE INDEX audit_action ON audit (action, id);

-- Where a caretaker's walk stands, so that a successor goes on from there.
CREATE TABLE cursor_position (
  name      text        NOT NULL PRIMARY KEY,
  position  timestamptz NOT NULL
);

-- A change of many jobs, carried out page by page; position is where the next page begins.
CREATE TABLE operation (
  id              uuid        NOT NULL PRIMARY KEY,
  kind            text        NOT NULL,
  state           text        NOT NULL DEFAULT 'running',
  created_by      text        NOT NULL,
  created_at      timestamptz NOT NULL DEFAULT now(),
  finished_at     timestamptz,
  queue           text,
  type            text,
  tag             text,
  error           text,
  created_from    timestamptz,
  created_before  timestamptz,
  within          text        NOT NULL DEFAULT '*',  -- patterns of the queues that its creator may know of
  fingerprint     text,
  rate            integer,
  changed         bigint      NOT NULL DEFAULT 0,
  skipped         bigint      NOT NULL DEFAULT 0,
  position_us     bigint,
  position_id     uuid,
  paged_at        timestamptz                          -- when its last page was done, for its rate
);

CREATE INDEX operation_running ON operation (id) WHERE state = 'running';
