package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Stores;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two services on the same stores know of each other's unique keys. */
class UniqueServicesTest {

    private static final int CLIENTS = 64;
    private static final String PATIENT = "60s";

    @Test
    void of_many_callers_of_two_services_one_gets_the_key_and_the_others_its_id(@TempDir Path folder) throws Exception {
        Stores stores = Stores.fresh();
        Map<String, String> settings = Map.of("MILLRACE_POSTGRES_STATEMENT_TIMEOUT", PATIENT);
        try (var one = RealStack.on(stores, folder, settings);
                var other = RealStack.on(stores, folder, settings);
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            for (int round = 0; round < 5; round++) {
                String job = "{\"type\":\"a\",\"queue\":\"race\",\"payload\":{},\"unique_key\":\"k" + round + "\"}";
                CyclicBarrier start = new CyclicBarrier(CLIENTS);
                List<Future<HttpResponse<String>>> answers = IntStream.range(0, CLIENTS)
                        .mapToObj(client -> threads.submit(() -> {
                            start.await();
                            return (client % 2 == 0 ? one : other).api.submit(job);
                        }))
                        .toList();
                List<String> made = new ArrayList<>();
                List<String> told = new ArrayList<>();
                for (Future<HttpResponse<String>> answer : answers) {
                    JsonNode body = TestApi.json(answer.get());
                    if (answer.get().statusCode() == 202) {
                        made.add(body.get("id").asString());
                    } else {
                        RefusalsTest.assertProblem(answer.get(), 409, "unique_conflict");
                        told.add(body.get("existing_id").asString());
                    }
                }
                assertThat(made).hasSize(1);
                assertThat(told).hasSize(CLIENTS - 1).containsOnly(made.getFirst());
            }
        }
    }
}
