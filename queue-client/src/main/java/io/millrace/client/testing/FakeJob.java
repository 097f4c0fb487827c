package io.millrace.client.testing;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobView;
import tools.jackson.databind.json.JsonMapper;

/**
 * A job that a {@link FakeMillrace} accepted, as it was when it was looked at.
 *
 * @param id the job's id
 * @param view what a client sees of it
 * @param payload its payload, as JSON
 * @param idempotencyKey the key it was submitted with: the producer's own, or a random one
 */
public record FakeJob(JobId id, JobView view, String payload, String idempotencyKey) {

    /**
     * The payload as an object, read with Jackson's defaults.
     *
     * @throws tools.jackson.core.JacksonException when it does not fit the class
     */
    public <T> T payload(Class<T> type) {
        return JsonMapper.shared().readValue(payload, type);
    }
}
