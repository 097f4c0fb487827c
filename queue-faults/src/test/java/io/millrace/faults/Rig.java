package io.millrace.faults;

import io.millrace.client.JobRequest;
import io.millrace.client.Millrace;
import io.millrace.client.MillraceClientConfig;
import io.millrace.protocol.QueueView;
import io.millrace.testkit.FaultProxy;
import io.millrace.testkit.OwnPostgres;
import io.millrace.testkit.OwnRedis;
import io.millrace.testkit.TestDatabase;
import io.millrace.testkit.history.HistoryEvent;
import io.millrace.testkit.history.HistoryReader;
import io.millrace.testkit.history.HistoryWriter;
import io.millrace.testkit.history.Rows;
import io.millrace.testkit.history.Witness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import redis.clients.jedis.RedisClient;

/** A whole system of its own for one experiment: two stores, two APIs, three workers. */
final class Rig implements AutoCloseable {

    private static final String API_KEY = "mr_0123456789ab_" + "k".repeat(43);
    private static final int SLOTS = 500;

    private final FaultSettings settings;
    private final OwnPostgres postgres = OwnPostgres.start();
    private final OwnRedis redis = OwnRedis.start();
    private final Optional<Network> network;
    private final Map<String, String> further;
    private final Path folder;
    private final HistoryWriter history;
    private final Witness witness;
    private final List<Node> apis = new ArrayList<>();
    private final List<Node> workers = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();

    /**
     * The proxies of a system whose network can be broken.
     *
     * @param redis every process's way to Redis but the first worker's
     * @param postgres every process's way to PostgreSQL
     * @param redisOfFirstWorker the first worker's way to Redis
     */
    record Network(FaultProxy redis, FaultProxy postgres, FaultProxy redisOfFirstWorker) {}

    private Rig(FaultSettings settings, boolean breakableNetwork, Map<String, String> further) {
        this.settings = settings;
        this.further = Map.copyOf(further);
        this.network = breakableNetwork
                ? Optional.of(new Network(
                        FaultProxy.to(redis.port()), FaultProxy.to(postgres.port()), FaultProxy.to(redis.port())))
                : Optional.empty();
        try {
            this.folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "faults")), "rig-")
                    .toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.history = HistoryWriter.open(historyFolder(), "harness", InstantSource.system());
        this.witness = new Witness(postgres.database());
    }

    static Rig start(FaultSettings settings) {
        return start(settings, false);
    }

    static Rig start(FaultSettings settings, boolean breakableNetwork) {
        return start(new Rig(settings, breakableNetwork, Map.of()));
    }

    /** Starts one whose processes have these variables in their environment as well. */
    static Rig start(FaultSettings settings, Map<String, String> further) {
        return start(new Rig(settings, false, further));
    }

    private static Rig start(Rig rig) {
        try {
            rig.startAll();
            return rig;
        } catch (RuntimeException e) {
            rig.close();
            throw e;
        }
    }

    private void startAll() {
        for (int i = 0; i < 2; i++) {
            int port = freePort();
            urls.add("http://127.0.0.1:" + port);
            apis.add(new Node("api" + i, api(port), history));
        }
        apis.getFirst().start().awaitReady();
        witness.install();
        apis.get(1).start();
        for (int i = 0; i < 3; i++) {
            workers.add(new Node("worker" + i, worker(i), history).start());
        }
        apis.get(1).awaitReady();
        workers.forEach(Node::awaitReady);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path historyFolder() {
        return folder.resolve("history");
    }

    private Map<String, String> environment(boolean firstWorker) {
        TestDatabase database =
                network.map(net -> postgres.databaseVia(net.postgres.port())).orElseGet(postgres::database);
        String redisUri = network.map(
                        net -> redis.uriVia(firstWorker ? net.redisOfFirstWorker.port() : net.redis.port()))
                .orElseGet(redis::uri);
        Map<String, String> environment = new HashMap<>(further);
        environment.put("MILLRACE_POSTGRES_URL", database.jdbcUrl());
        environment.put("MILLRACE_POSTGRES_USER", database.user());
        environment.put("MILLRACE_POSTGRES_PASSWORD", database.password());
        environment.put("MILLRACE_REDIS_URL", redisUri);
        environment.put("MILLRACE_LEASE", settings.lease().toSeconds() + "s");
        environment.put("MILLRACE_ARTIFACTS_DIR", folder.resolve("artifacts").toString());
        return environment;
    }

    private Node.Blueprint api(int port) {
        Map<String, String> environment = environment(false);
        environment.put("MILLRACE_API_PORT", Integer.toString(port));
        environment.put("MILLRACE_API_KEY", API_KEY);
        return new Node.Blueprint(folder, "128m", "io.millrace.cli.Millrace", environment, List.of("api"));
    }

    private Node.Blueprint worker(int number) {
        Map<String, String> environment = environment(number == 0);
        environment.put("MILLRACE_WORKER_QUEUES", "work=" + SLOTS);
        environment.put("MILLRACE_WORKER_GRACE", "5s");
        return new Node.Blueprint(
                folder,
                "96m",
                WorkerProcess.class.getName(),
                environment,
                List.of(historyFolder().toString(), "NAME"));
    }

    OwnPostgres postgres() {
        return postgres;
    }

    OwnRedis redis() {
        return redis;
    }

    Network network() {
        return network.orElseThrow();
    }

    HistoryWriter history() {
        return history;
    }

    Witness witness() {
        return witness;
    }

    List<Node> apis() {
        return apis;
    }

    List<Node> workers() {
        return workers;
    }

    FaultSettings settings() {
        return settings;
    }

    List<String> urls() {
        return urls;
    }

    /** A client of one of the APIs, which the caller closes. */
    Millrace client(int api) {
        return Millrace.connect(MillraceClientConfig.of(urls.get(api), API_KEY));
    }

    String apiKey() {
        return API_KEY;
    }

    Load load(Supplier<JobRequest> jobs, int perSecond, String keys) {
        return Load.start(new Load.Service(urls, API_KEY), history, jobs, perSecond, keys);
    }

    /** Waits until no job is unfinished, and then until the index is empty. */
    void awaitRest(Duration atMost) {
        await("every job to end", atMost, () -> witness.unfinished() == 0);
        await("the index to be empty", settings.lease().multipliedBy(2).plusSeconds(5), () -> indexed() == 0);
    }

    /** Waits for a condition; when it does not come true the checker will say what is wrong. */
    static void await(String what, Duration atMost, BooleanSupplier condition) {
        long end = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                System.out.println("waited " + atMost + " in vain for " + what);
                return;
            }
            pause(Duration.ofMillis(100));
        }
    }

    static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private long indexed() {
        try (RedisClient client = RedisClient.create(redis.uri())) {
            return client.zcard("millrace:{work}:ready")
                    + client.zcard("millrace:{work}:due")
                    + client.zcard("millrace:{work}:leases");
        }
    }

    List<HistoryEvent> events() {
        return HistoryReader.read(historyFolder());
    }

    /** What the stores hold, and what the first API says of it. */
    Rows rows() {
        try (Millrace client = client(0)) {
            List<QueueView> queues = client.queues();
            long unfinished = queues.stream()
                    .mapToLong(queue -> queue.ready() + queue.scheduled() + queue.running())
                    .sum();
            long dead = queues.stream().mapToLong(QueueView::dead).sum();
            return witness.rows(indexed(), new Rows.Shown(unfinished, dead));
        }
    }

    /** Where the logs and the history are. */
    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        workers.forEach(Node::close);
        apis.forEach(Node::close);
        network.ifPresent(net -> {
            net.redis.close();
            net.postgres.close();
            net.redisOfFirstWorker.close();
        });
        history.close();
        redis.close();
        postgres.close();
    }
}
