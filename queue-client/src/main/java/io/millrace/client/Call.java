package io.millrace.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request to the service, the same for each of its attempts.
 *
 * @param attempted what it is for, as a message begins
 * @param method the HTTP method
 * @param path from {@code /v1} on, encoded
 * @param body what is sent; empty for none
 * @param kind what a repeat would mean
 * @param extras what only some calls have
 */
record Call(String attempted, String method, String path, byte[] body, Kind kind, Extras extras) {

    static final byte[] NO_BODY = {};

    /** What a second attempt means, and what is known when no usable answer came. */
    enum Kind {
        /** Changes nothing. */
        READ("Nothing was changed: ask again once the service is reachable."),
        /** Carries a key that makes twice the same as once. */
        SUBMIT("Whether the job was accepted is unknown: submit it again with its idempotency key."),
        /** Each item carries its own key. */
        SUBMIT_ALL("Whether the jobs were accepted is unknown: submit the unanswered requests again, with their keys."),
        /** Twice is the same as once by itself. */
        SETTLE("Whether it took effect is unknown: do it again, since twice is the same as once."),
        /** Twice may be more than once: repeated only where the first try certainly did nothing. */
        ACT("Whether it took effect is unknown: look at the job before doing it again."),
        /** As {@link #ACT}, of many jobs. */
        OPERATE("Whether it took effect is unknown: look at the operations before doing it again.");

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }
    }

    /**
     * What only some calls have.
     *
     * @param idempotencyKey the key that goes into the header
     * @param traceparent the trace that the call belongs to
     * @param ifMatch the entity tag that the job must still have
     * @param ifNoneMatch the entity tag with which the answer may be 304
     * @param waitUntil until when the service may hold the answer back
     * @param streamed whether the body of a good answer is handed on while it arrives
     */
    record Extras(
            @Nullable String idempotencyKey,
            @Nullable String traceparent,
            @Nullable String ifMatch,
            @Nullable String ifNoneMatch,
            @Nullable Instant waitUntil,
            boolean streamed) {

        static final Extras NONE = new Extras(null, null, null, null, null, false);
    }

    static Call read(String attempted, String path) {
        return new Call(attempted, "GET", path, NO_BODY, Kind.READ, Extras.NONE);
    }

    /** Reads what has not the tag; 304 is a good answer. */
    static Call readUnless(String attempted, String path, String tag) {
        var extras = new Extras(null, null, null, tag, null, false);
        return new Call(attempted, "GET", path, NO_BODY, Kind.READ, extras);
    }

    /** Reads a job when it has ended, or when the time is up. */
    static Call waitFor(String attempted, String path, Instant until) {
        return new Call(attempted, "GET", path, NO_BODY, Kind.READ, new Extras(null, null, null, null, until, false));
    }

    static Call stream(String attempted, String path) {
        return new Call(attempted, "GET", path, NO_BODY, Kind.READ, new Extras(null, null, null, null, null, true));
    }

    static Call act(String attempted, String path) {
        return new Call(attempted, "POST", path, NO_BODY, Kind.ACT, Extras.NONE);
    }

    static Call act(String attempted, String path, byte[] body) {
        return new Call(attempted, "POST", path, body, Kind.ACT, Extras.NONE);
    }

    /** Begins or ends a change of many jobs. */
    static Call operate(String attempted, String path) {
        return new Call(attempted, "POST", path, NO_BODY, Kind.OPERATE, Extras.NONE);
    }

    static Call delete(String attempted, String path) {
        return new Call(attempted, "DELETE", path, NO_BODY, Kind.ACT, Extras.NONE);
    }

    /** Changes a job; with a tag, only one that still has it. */
    static Call edit(String attempted, String path, byte[] body, @Nullable String tag) {
        return new Call(attempted, "PATCH", path, body, Kind.ACT, new Extras(null, null, tag, null, null, false));
    }

    static Call settle(String attempted, String method, String path, byte[] body) {
        return new Call(attempted, method, path, body, Kind.SETTLE, Extras.NONE);
    }

    static Call settle(String attempted, String path) {
        return settle(attempted, "POST", path, NO_BODY);
    }

    static Call submit(String attempted, byte[] body, String idempotencyKey, @Nullable String traceparent) {
        var extras = new Extras(idempotencyKey, traceparent, null, null, null, false);
        return new Call(attempted, "POST", "/v1/jobs", body, Kind.SUBMIT, extras);
    }

    static Call submitAll(String attempted, byte[] body, boolean atomic) {
        String path = atomic ? "/v1/jobs/bulk?atomic=true" : "/v1/jobs/bulk";
        return new Call(attempted, "POST", path, body, Kind.SUBMIT_ALL, Extras.NONE);
    }

    boolean mayRepeatAfter(Failure failure) {
        return failure.repeatHelps() && (!isOnce() || failure.nothingHappened());
    }

    private boolean isOnce() {
        return kind == Kind.ACT || kind == Kind.OPERATE;
    }

    boolean takesNotModified() {
        return extras.ifNoneMatch != null;
    }

    @Nullable
    String idempotencyKey() {
        return extras.idempotencyKey;
    }

    /** What is known and what to do when no usable answer came. */
    String remedy() {
        if (extras.idempotencyKey != null) {
            return "Whether the job was accepted is unknown: submit it again with idempotency key "
                    + extras.idempotencyKey
                    + ", which cannot make a second job.";
        }
        return kind.remedy;
    }
}
