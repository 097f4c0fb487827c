package io.millrace.client;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that moves by pauses and by answers that take time, and only then; it keeps the pauses. */
final class ManualTime implements InstantSource, Pause {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();

    @Override
    public Instant instant() {
        return now.get();
    }

    @Override
    public CompletableFuture<Void> of(Duration time) {
        pauses.add(time);
        now.updateAndGet(instant -> instant.plus(time));
        return CompletableFuture.completedFuture(null);
    }

    /** An answer that takes so long. */
    ScriptedServer.Answer passing(Duration time, ScriptedServer.Answer answer) {
        return exchange -> {
            now.updateAndGet(instant -> instant.plus(time));
            answer.to(exchange);
        };
    }

    List<Duration> pauses() {
        return pauses;
    }

    Duration passed() {
        return Duration.between(Instant.parse("2026-01-01T00:00:00Z"), now.get());
    }
}
