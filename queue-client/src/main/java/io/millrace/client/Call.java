package io.millrace.client;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import org.jspecify.annotations.Nullable;

/**
 * One request to the service, the same for each of its attempts.
 *
 * @param attempted what it is for, as a message begins
 * @param method the HTTP method
 * @param path from {@code /v1} on, encoded
 * @param body what is sent; null for none
 * @param idempotencyKey the key that goes into the header; null for none
 * @param repeat after which failures it may be sent again
 * @param streamed whether the body of a good answer is handed on while it arrives
 */
record Call(
        String attempted,
        String method,
        String path,
        @Nullable BodyPublisher body,
        @Nullable String idempotencyKey,
        Repeat repeat,
        boolean streamed) {

    /** When a call may be sent again. */
    enum Repeat {
        /** Reading, or submits with keys: twice is the same as once. */
        ALWAYS,
        /** Twice may be more than once: only where the first try certainly did nothing. */
        IF_NOTHING_HAPPENED
    }

    static Call read(String attempted, String path) {
        return new Call(attempted, "GET", path, null, null, Repeat.ALWAYS, false);
    }

    static Call stream(String attempted, String path) {
        return new Call(attempted, "GET", path, null, null, Repeat.ALWAYS, true);
    }

    static Call act(String attempted, String path) {
        return new Call(attempted, "POST", path, null, null, Repeat.IF_NOTHING_HAPPENED, false);
    }

    static Call submit(String attempted, byte[] body, String idempotencyKey) {
        BodyPublisher publisher = BodyPublishers.ofByteArray(body);
        return new Call(attempted, "POST", "/v1/jobs", publisher, idempotencyKey, Repeat.ALWAYS, false);
    }

    /** Each item of the body carries its own key. */
    static Call submitAll(String attempted, byte[] body) {
        BodyPublisher publisher = BodyPublishers.ofByteArray(body);
        return new Call(attempted, "POST", "/v1/jobs/bulk", publisher, null, Repeat.ALWAYS, false);
    }

    boolean mayRepeatAfter(Failure failure) {
        return failure.repeatHelps() && (repeat == Repeat.ALWAYS || failure.nothingHappened());
    }

    /** What is known and what to do when no usable answer came. */
    String remedy() {
        if (idempotencyKey != null) {
            return "Whether the job was accepted is unknown: submit it again with idempotency key "
                    + idempotencyKey
                    + ", which cannot make a second job.";
        }
        if (method.equals("GET")) {
            return "Nothing was changed: ask again once the service is reachable.";
        }
        if (repeat == Repeat.ALWAYS) {
            return "Whether the jobs were accepted is unknown: submit the unanswered requests again, with their keys.";
        }
        return "Whether it took effect is unknown: look at the job before doing it again.";
    }
}
