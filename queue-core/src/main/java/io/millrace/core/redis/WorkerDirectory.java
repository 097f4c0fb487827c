package io.millrace.core.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.protocol.WorkerView;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** Which worker processes are alive, by their own word. Safe for any number of threads. */
public final class WorkerDirectory {

    /** A worker that was silent for this long is gone. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final LuaScript ANNOUNCE = LuaScript.named("announce");
    private static final LuaScript LIVE = LuaScript.named("live_workers");

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final Redis redis;

    /** @param redis where the signs of life are */
    public WorkerDirectory(Redis redis) {
        this.redis = redis;
    }

    /** Notes a sign of life. */
    public void announce(WorkerView worker) {
        announce(worker.id(), JSON.writeValueAsBytes(worker));
    }

    /** Takes a worker off the list. */
    public void leave(String workerId) {
        announce(workerId, new byte[0]);
    }

    private void announce(String workerId, byte[] json) {
        redis.run(ANNOUNCE, redis.keys().ofWorkers(ANNOUNCE), List.of(workerId.getBytes(UTF_8), json));
    }

    /** The workers with a recent sign of life. */
    public List<WorkerView> live() {
        byte[] silence = Long.toString(SILENCE.toMillis()).getBytes(UTF_8);
        List<?> list = (List<?>) redis.run(LIVE, redis.keys().ofWorkers(LIVE), List.of(silence));
        List<WorkerView> workers = new ArrayList<>();
        for (int i = 0; i < list.size(); i += 2) {
            WorkerView told = JSON.readValue((byte[]) list.get(i), WorkerView.class);
            long seen = (long) Double.parseDouble(new String((byte[]) list.get(i + 1), UTF_8));
            workers.add(new WorkerView(
                    told.id(),
                    told.host(),
                    told.pid(),
                    told.startedAt(),
                    Instant.ofEpochMilli(seen),
                    told.queues(),
                    told.types(),
                    told.running(),
                    told.stopping()));
        }
        return workers;
    }
}
