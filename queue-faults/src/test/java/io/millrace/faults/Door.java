package io.millrace.faults;

import io.millrace.testkit.history.Stamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Submits by hand, where every single answer counts and nothing is repeated. */
final class Door implements AutoCloseable {

    private final Rig rig;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final List<Thread> askers = new ArrayList<>();
    private volatile boolean stopping;

    /**
     * What one request got.
     *
     * @param sent when it was sent
     * @param answered when its answer was there
     * @param status of the answer
     * @param saysWhen whether it says when to try again
     * @param body of the answer
     */
    record Answer(Stamp sent, Stamp answered, int status, boolean saysWhen, String body) {

        Duration took() {
            return Duration.ofMillis(answered.millisSince(sent));
        }
    }

    Door(Rig rig) {
        this.rig = rig;
    }

    /** Submits a job once, and notes it in the history if it was accepted. */
    Answer submit(int api, String payload, String key) {
        String body = "{\"type\":\"" + FaultyWork.WORK + "\",\"queue\":\"work\",\"payload\":" + payload + "}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(rig.urls().get(api) + "/v1/jobs"))
                .header("Authorization", "Bearer " + rig.apiKey())
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "\"" + key + "\"")
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        Stamp sent = Stamp.at(InstantSource.system());
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 202) {
                rig.history().accepted(idOf(answer.body()), key);
            }
            return new Answer(
                    sent,
                    Stamp.at(InstantSource.system()),
                    answer.statusCode(),
                    answer.headers().firstValue("Retry-After").isPresent(),
                    answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String idOf(String body) {
        int at = body.indexOf("\"id\":\"") + 6;
        return body.substring(at, body.indexOf('"', at));
    }

    /** Starts to submit to every API, some at once, one after the other, each with a key of its own. */
    Door keepAsking(String keys) {
        for (int i = 0; i < 4; i++) {
            int asker = i;
            askers.add(Thread.ofVirtual().start(() -> {
                for (int n = 0; !stopping; n++) {
                    answers.add(submit(asker % 2, "{\"ms\":10}", keys + asker + "-" + n));
                    Rig.pause(Duration.ofMillis(50));
                }
            }));
        }
        return this;
    }

    /** Stops submitting; all answers so far, once the last one is there. */
    List<Answer> answers() {
        stopping = true;
        try {
            for (Thread asker : askers) {
                asker.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.copyOf(answers);
    }

    @Override
    public void close() {
        stopping = true;
        http.close();
    }
}
