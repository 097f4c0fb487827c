package io.millrace.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.client.JobRequest;
import io.millrace.client.Millrace;
import io.millrace.client.RejectedException;
import io.millrace.faults.Experiment.Moments;
import io.millrace.testkit.history.HistoryReport;
import io.millrace.testkit.history.Stamp;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** APIs die under load, clients race for a key, a bad job hides among good ones. */
final class ApiFaultsTest {

    private static final int CLIENTS = 200;

    private final FaultSettings settings = FaultSettings.fromProperties();

    @Test
    @Tag("cut")
    void what_a_killed_api_accepted_is_kept_and_what_it_did_not_answer_is_no_second_job() {
        try (Rig rig = Rig.start(settings)) {
            Experiment.named("kill -9 of an API, clients repeat", 3, rig)
                    .atTheBars(50)
                    .run((system, random) -> {
                        Node victim = system.apis().get(random.nextInt(2));
                        Stamp death = victim.kill();
                        victim.start().awaitReady();
                        return Moments.at(death);
                    });
        }
    }

    @Test
    @Tag("cut")
    void two_hundred_clients_with_one_key_make_one_job() {
        try (Rig rig = Rig.start(settings)) {
            AtomicLong round = new AtomicLong();
            AtomicInteger reused = new AtomicInteger();
            HistoryReport report = Experiment.named("200 clients with one key over two APIs", 2, rig)
                    .withoutFlight()
                    .run((system, random) -> {
                        Stamp begin = Stamp.at(InstantSource.system());
                        for (int i = 0; i < 10; i++) {
                            reused.addAndGet(race(system, "race" + round.incrementAndGet()));
                        }
                        return Moments.at(begin);
                    });
            assertThat(report.jobs()).isGreaterThan(10);
            assertThat(reused)
                    .as("requests with another body that were refused")
                    .hasPositiveValue();
            assertThat(rig.witness().deadlocks()).isZero();
        }
    }

    /** Every fourth client sends another body. Answers how many were told that the key is in use. */
    private static int race(Rig rig, String key) {
        AtomicInteger reused = new AtomicInteger();
        Set<String> bodies = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        try (Millrace first = rig.client(0);
                Millrace second = rig.client(1)) {
            List<CompletableFuture<Void>> races = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Millrace client = i % 2 == 0 ? first : second;
                int ms = i % 4 == 3 ? 2 : 1;
                JobRequest request = Load.job(FaultyWork.WORK, ms).idempotencyKey(key);
                races.add(CompletableFuture.runAsync(
                        () -> {
                            awaitUninterruptibly(start);
                            try {
                                rig.history()
                                        .accepted(client.enqueue(request).id().toString(), key);
                                bodies.add("ms " + ms);
                            } catch (RejectedException e) {
                                assertThat(e.status()).isEqualTo(422);
                                reused.incrementAndGet();
                            }
                        },
                        task -> Thread.ofVirtual().start(task)));
            }
            start.countDown();
            races.forEach(CompletableFuture::join);
        }
        assertThat(bodies).as("bodies that were accepted for one key").hasSize(1);
        return reused.get();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @Tag("full")
    void a_bad_job_does_not_fail_its_neighbours() {
        try (Rig rig = Rig.start(settings);
                Door door = new Door(rig)) {
            AtomicLong numbers = new AtomicLong();
            Experiment.named("bad jobs in bulk and beside others", 1, rig)
                    .withoutFlight()
                    .run((system, random) -> {
                        Stamp begin = Stamp.at(InstantSource.system());
                        for (Map.Entry<String, String> bad : BAD.entrySet()) {
                            poisonBatch(door, bad, "poisoned" + numbers.incrementAndGet() + "-");
                        }
                        return Moments.at(begin);
                    });
        }
    }

    /** What a payload may hold to spoil a batch. */
    private static final Map<String, String> BAD = Map.of(
            "a NUL character", "{\"ms\":1,\"text\":\"a\\u0000b\"}",
            "a lone surrogate", "{\"ms\":1,\"text\":\"\\ud800\"}",
            "a huge exponent", "{\"ms\":1,\"n\":1e131072}",
            "a duplicate name", "{\"ms\":1,\"ms\":2}",
            "a long number", "{\"ms\":1,\"n\":" + "9".repeat(2_000) + "}",
            "deep nesting", "{\"ms\":1,\"n\":" + "[".repeat(900) + "]".repeat(900) + "}");

    /** One bad job among a hundred: each neighbour is accepted, and the bad one is accepted or refused by itself. */
    private static void poisonBatch(Door door, Map.Entry<String, String> bad, String keys) {
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String payload = i == 50 ? bad.getValue() : "{\"ms\":1}";
            String key = keys + i;
            answers.add(CompletableFuture.supplyAsync(
                    () -> {
                        awaitUninterruptibly(start);
                        return door.submit(0, payload, key).status();
                    },
                    task -> Thread.ofVirtual().start(task)));
        }
        start.countDown();
        for (int i = 0; i < answers.size(); i++) {
            int status = answers.get(i).join();
            if (i == 50) {
                assertThat(status).as(bad.getKey()).isIn(202, 400, 422);
            } else {
                assertThat(status).as("a neighbour of " + bad.getKey()).isEqualTo(202);
            }
        }
    }
}
