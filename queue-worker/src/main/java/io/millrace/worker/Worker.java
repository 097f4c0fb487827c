package io.millrace.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.core.QueueEngine;
import io.millrace.core.artifact.ArtifactStore;
import io.millrace.core.metrics.JobMetrics;
import io.millrace.protocol.JobType;
import io.millrace.protocol.QueueName;
import io.millrace.protocol.WorkerView;
import io.millrace.worker.handler.HandlerRegistry;
import io.millrace.worker.handler.HandlerRegistry.Registration;
import io.millrace.worker.handler.HandlerRules;
import io.millrace.worker.handler.JobHandler;
import io.millrace.worker.handler.PayloadReader;
import io.millrace.worker.run.JobRunner;
import io.millrace.worker.run.NoteKeeper;
import io.millrace.worker.run.WorkerLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs handlers in this process.
 *
 * <pre>{@code
 * QueueEngine engine = QueueEngine.open(EngineConfig.from(new Settings(System.getenv())), artifacts);
 * try (Worker worker = Worker.builder(engine, artifacts)
 *         .handle("invoice.book", Invoice.class, (invoice, context) -> ledger.book(invoice, context.jobId()))
 *         .queue("billing", 20)
 *         .start()) {
 *     untilStopped.await();
 * }
 * }</pre>
 *
 * <p>Closing it stops claiming, lets running jobs end within the grace period, hands back the rest without counting an
 * attempt, and returns when everything is recorded. Safe for any number of threads.
 */
public final class Worker implements AutoCloseable {

    private final WorkerLoop loop;

    private Worker(WorkerLoop loop) {
        this.loop = loop;
    }

    /**
     * Begins to describe a worker.
     *
     * @param engine stays open while the worker runs; the caller closes it
     * @param artifacts where files that jobs make go
     */
    public static Builder builder(QueueEngine engine, ArtifactStore artifacts) {
        return new Builder(engine, artifacts);
    }

    /** This worker as {@code GET /v1/workers} shows it. */
    public WorkerView view() {
        return loop.view();
    }

    @Override
    public void close() {
        loop.close();
    }

    /** Describes a worker. Not safe for use by several threads. */
    public static final class Builder {

        private final QueueEngine engine;
        private final ArtifactStore artifacts;
        private final Map<JobType, Registration<?>> handlers = new HashMap<>();
        private final Map<JobType, Optional<Duration>> timeouts = new HashMap<>();
        private final Map<QueueName, Integer> queues = new HashMap<>();
        private final JsonMapper json = JsonMapper.builder().build();
        private int concurrency = 100;
        private Duration grace = Duration.ofSeconds(20);
        private Duration patience = Duration.ofSeconds(10);
        private MeterRegistry meters = new SimpleMeterRegistry();
        private Optional<Runnable> onStopOrder = Optional.empty();

        private Builder(QueueEngine engine, ArtifactStore artifacts) {
            this.engine = engine;
            this.artifacts = artifacts;
        }

        /**
         * Adds a handler; its payload is read by Jackson as {@code payload}.
         *
         * @throws IllegalArgumentException when the type breaks {@link JobType#RULE} or has a handler already
         */
        public <P> Builder handle(String type, Class<P> payload, JobHandler<P> handler) {
            return handle(new JobType(type), bytes -> json.readValue(bytes, payload), handler);
        }

        /**
         * Adds a handler with a reader of its own.
         *
         * @throws IllegalArgumentException when the type has a handler already
         */
        public <P> Builder handle(JobType type, PayloadReader<P> reader, JobHandler<P> handler) {
            return handle(type, reader, handler, handler.rules());
        }

        /**
         * Adds a handler with rules for its type, in place of the handler's own; its payload is read by Jackson as
         * {@code payload}.
         *
         * @throws IllegalArgumentException when the type breaks {@link JobType#RULE} or has a handler already
         */
        public <P> Builder handle(String type, Class<P> payload, JobHandler<P> handler, HandlerRules rules) {
            return handle(new JobType(type), bytes -> json.readValue(bytes, payload), handler, rules);
        }

        /**
         * Adds a handler with a reader of its own, and with rules for its type in place of the handler's own.
         *
         * @throws IllegalArgumentException when the type has a handler already
         */
        public <P> Builder handle(JobType type, PayloadReader<P> reader, JobHandler<P> handler, HandlerRules rules) {
            if (handlers.putIfAbsent(type, new Registration<>(reader, handler, rules)) != null) {
                throw new IllegalArgumentException("the type " + type + " has a handler already");
            }
            return this;
        }

        /**
         * How long an attempt at a job of this type may take, empty for no limit: wins over the rules that came with its
         * handler, not over what the job asked for. Ignored for a type that gets no handler.
         */
        public Builder timeout(JobType type, Optional<Duration> atMost) {
            timeouts.put(type, atMost);
            return this;
        }

        /**
         * Serves a queue with so many slots. Once one queue is named, no other is served.
         *
         * @throws IllegalArgumentException when the name breaks {@link QueueName#RULE} or there is no slot
         */
        public Builder queue(String name, int slots) {
            if (slots < 1) {
                throw new IllegalArgumentException("queue " + name + " needs at least one slot, not " + slots);
            }
            queues.put(new QueueName(name), slots);
            return this;
        }

        /** How many jobs of a queue that was not named run at once. Default: 100. */
        public Builder concurrency(int slots) {
            concurrency = slots;
            return this;
        }

        /** How long running jobs may go on when the worker stops. Default: 20 s. */
        public Builder grace(Duration atMost) {
            grace = atMost;
            return this;
        }

        /** How long a handler may ignore its interrupt before it is given up. Default: 10 s. */
        Builder patience(Duration atMost) {
            patience = atMost;
            return this;
        }

        /**
         * What is done, on a thread of its own, when an operator tells this worker to stop ({@code POST
         * /v1/workers/{id}/stop}); it should end in closing the worker, such as by ending the process. Default: the worker
         * is closed, and nothing else happens.
         */
        public Builder onStopOrder(Runnable action) {
            onStopOrder = Optional.of(action);
            return this;
        }

        /** Where attempts are counted. Default: a registry of its own. */
        public Builder meters(MeterRegistry registry) {
            meters = registry;
            return this;
        }

        /** Starts the worker. */
        public Worker start() {
            InstantSource clock = InstantSource.system();
            timeouts.forEach((type, atMost) ->
                    handlers.computeIfPresent(type, (same, registration) -> registration.withTimeout(atMost)));
            HandlerRegistry registry = new HandlerRegistry(handlers);
            String id = newId();
            QueueEngine.WorkerParts parts = engine.workerParts(id);
            JobRunner runner = new JobRunner(
                    registry,
                    parts.dispatcher(),
                    parts.finisher(),
                    parts.leases(),
                    new JobRunner.Surroundings(
                            id,
                            artifacts,
                            new JobMetrics(meters),
                            new NoteKeeper(parts.notes(), clock),
                            patience,
                            clock));
            WorkerLoop loop = new WorkerLoop(
                    new WorkerLoop.Identity(id, host(), version(), clock.instant(), List.copyOf(registry.types())),
                    new WorkerLoop.Serving(queues, this::slotsOf, grace, onStopOrder),
                    parts,
                    runner);
            loop.start();
            return new Worker(loop);
        }

        /** Handlers that keep a core busy get no more jobs than there are cores, so that other workers share them. */
        private int slotsOf(QueueName queue) {
            Set<QueueName> cpuBound = handlers.entrySet().stream()
                    .filter(entry -> entry.getValue().handler().cpuBound())
                    .map(entry -> entry.getKey().defaultQueue())
                    .filter(name -> !name.equals(QueueName.DEFAULT))
                    .collect(Collectors.toSet());
            return cpuBound.contains(queue) ? Runtime.getRuntime().availableProcessors() : concurrency;
        }

        private static String version() {
            return Objects.requireNonNullElse(WorkerView.class.getPackage().getImplementationVersion(), "unpackaged");
        }

        private static String newId() {
            String random =
                    HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
            return host() + "-" + ProcessHandle.current().pid() + "-" + random;
        }

        private static String host() {
            try {
                String name = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "");
                return name.isEmpty() ? "host" : name.substring(0, Math.min(40, name.length()));
            } catch (UnknownHostException e) {
                return "host";
            }
        }
    }
}
