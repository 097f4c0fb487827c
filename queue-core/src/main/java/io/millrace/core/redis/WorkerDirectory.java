package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.protocol.WorkerState;
import io.millrace.protocol.WorkerView;
import io.millrace.protocol.WorkerView.RunningJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which worker processes are alive, by their own word, and what operators ask of them. A worker hears that with its next
 * sign of life. Safe for any number of threads.
 */
public final class WorkerDirectory {

    /** A worker that was silent for this long is gone. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final LuaScript ANNOUNCE = LuaScript.named("announce");
    private static final LuaScript LIVE = LuaScript.named("live_workers");
    private static final LuaScript STEER = LuaScript.named("steer");

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Redis redis;

    /** What became of an order. */
    public enum Steered {
        /** The worker will hear of it. */
        NOTED,
        /** There is no such live worker. */
        GONE,
        /** It was asked to stop, and that cannot be taken back. */
        STOPPING
    }

    /** @param redis where the signs of life are */
    public WorkerDirectory(Redis redis) {
        this.redis = redis;
    }

    /**
     * Notes a sign of life.
     *
     * @param worker without its jobs
     * @param jobs those whose handlers run
     * @return the state that an operator has asked for
     */
    public Optional<WorkerState> announce(WorkerView worker, List<RunningJob> jobs) {
        return WorkerState.parse(announce(worker.id(), JSON.writeValueAsBytes(worker), JSON.writeValueAsBytes(jobs)));
    }

    /** Takes a worker off the list. */
    public void leave(String workerId) {
        announce(workerId, new byte[0], new byte[0]);
    }

    private String announce(String workerId, byte[] json, byte[] jobs) {
        byte[] asked =
                (byte[]) redis.run(ANNOUNCE, redis.keys().ofWorkers(ANNOUNCE), List.of(bytes(workerId), json, jobs));
        return new String(asked, UTF_8);
    }

    /** Asks a worker to be in a state. */
    public Steered steer(String workerId, WorkerState state) {
        Object answer = redis.run(
                STEER,
                redis.keys().ofWorkers(STEER),
                List.of(bytes(workerId), bytes(state.wireName()), bytes(Long.toString(SILENCE.toMillis()))));
        return answer instanceof byte[] word ? Steered.valueOf(new String(word, UTF_8)) : Steered.NOTED;
    }

    /** The workers with a recent sign of life, without their jobs. */
    public List<WorkerView> live() {
        byte[] silence = bytes(Long.toString(SILENCE.toMillis()));
        List<?> list = (List<?>) redis.run(LIVE, redis.keys().ofWorkers(LIVE), List.of(silence));
        List<WorkerView> workers = new ArrayList<>();
        for (int i = 0; i < list.size(); i += 3) {
            WorkerView told = JSON.readValue((byte[]) list.get(i), WorkerView.class);
            long seen = (long) Double.parseDouble(new String((byte[]) list.get(i + 1), UTF_8));
            String asked = new String((byte[]) list.get(i + 2), UTF_8);
            boolean open = !asked.isEmpty()
                    && !asked.equals(told.state())
                    && !told.state().equals(WorkerState.STOPPING.wireName());
            workers.add(seen(told, Instant.ofEpochMilli(seen), open ? asked : null, List.of()));
        }
        return workers;
    }

    /** The workers with a recent sign of life, with the jobs that they run. */
    public List<WorkerView> liveWithJobs() {
        List<WorkerView> workers = live();
        if (workers.isEmpty()) {
            return workers;
        }
        byte[][] ids = workers.stream().map(worker -> bytes(worker.id())).toArray(byte[][]::new);
        List<byte[]> jobs = redis.call(
                "read of workers' jobs", jedis -> jedis.hmget(redis.keys().workerJobs(), ids));
        List<WorkerView> all = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            WorkerView worker = workers.get(i);
            byte @Nullable [] json = jobs.get(i);
            List<RunningJob> running = json == null ? List.of() : List.of(JSON.readValue(json, RunningJob[].class));
            all.add(seen(worker, worker.seenAt(), worker.asked(), running));
        }
        return all;
    }

    private static WorkerView seen(WorkerView told, Instant at, @Nullable String asked, List<RunningJob> jobs) {
        return new WorkerView(
                told.id(),
                told.host(),
                told.pid(),
                told.version(),
                told.startedAt(),
                at,
                told.state(),
                asked,
                told.queues(),
                told.types(),
                told.running(),
                jobs);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
