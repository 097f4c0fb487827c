package io.millrace.protocol;

import java.util.Locale;

/**
 * Every error the API answers with. The code is stable: clients may branch on it. It stands in the body as {@code code}, and
 * is the last part of the problem's {@code type} (RFC 9457) unless that is a URI which other services use too.
 */
public enum ErrorCode {
    /** The body is not JSON, or not the JSON that this route reads. */
    MALFORMED_REQUEST(400, false, "The request cannot be read"),
    /** A field is missing, unknown or out of range; {@code errors} names each. */
    INVALID_FIELD(400, false, "A field of the request is not valid"),
    /** The idempotency key is malformed or too long. */
    INVALID_IDEMPOTENCY_KEY(400, false, "The idempotency key is not valid"),
    /** No API key, or one that is unknown, expired or revoked. */
    UNAUTHENTICATED(401, false, "A valid API key is needed"),
    /** The API key lacks the scope that this route needs. */
    FORBIDDEN(403, false, "The API key may not do this"),
    /** There is no such thing, or the key may not see it. */
    NOT_FOUND(404, false, "Not found"),
    /** The path exists, the method does not. */
    METHOD_NOT_ALLOWED(405, false, "The method is not allowed here"),
    /** The request did not come whole within its time. */
    REQUEST_TIMEOUT(408, true, "The request took too long to come"),
    /** The state of the job, operation or worker does not allow it. */
    STATE_CONFLICT(409, false, "The present state does not allow this"),
    /** An unfinished job has the unique key; {@code existing_id} says which. */
    UNIQUE_CONFLICT(409, false, "An unfinished job has this unique key"),
    /** The job is not as {@code If-Match} says, or was changed meanwhile. */
    CHANGED_MEANWHILE(412, false, "The job has changed meanwhile"),
    /** The body or payload is larger than the limit. */
    TOO_LARGE(413, false, "The request is too large"),
    /** The content type is not one this route reads. */
    UNSUPPORTED_MEDIA_TYPE(415, false, "The content type is not supported"),
    /** The payload does not fit its job type. */
    INVALID_PAYLOAD(422, false, "The payload does not fit the job type"),
    /** The idempotency key was used before with another request. */
    IDEMPOTENCY_KEY_REUSED(422, false, "The idempotency key was used with another request"),
    /** A rate limit is reached. */
    TOO_MANY_REQUESTS(429, true, "Too many requests"),
    /** As many jobs wait in the queue as its backlog limit allows; nothing was done. */
    QUEUE_FULL(429, true, "The backlog of the queue is full"),
    /** The request's headers are over the limit. */
    HEADERS_TOO_LARGE(431, false, "The headers are too large"),
    /** A defect of the service; the log has the request id. */
    INTERNAL(500, true, "The service failed"),
    /** PostgreSQL or the service's own capacity is not available now. */
    UNAVAILABLE(503, true, "The service cannot do this now"),
    /** As many jobs wait in all queues together as the service allows; nothing was done. */
    SYSTEM_FULL(503, true, "The backlog of the whole service is full");

    private final int status;
    private final boolean retryHelps;
    private final String title;

    ErrorCode(int status, boolean retryHelps, String title) {
        this.status = status;
        this.retryHelps = retryHelps;
        this.title = title;
    }

    /** The HTTP status it is answered with. */
    public int status() {
        return status;
    }

    /** Whether the same request may succeed later. */
    public boolean retryHelps() {
        return retryHelps;
    }

    /** A short sentence that is the same for every occurrence. */
    public String title() {
        return title;
    }

    /** The lower-case word used in JSON. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
