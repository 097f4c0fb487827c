package io.millrace.client;

import io.millrace.protocol.JobView;

/**
 * A job as it was seen at one moment, with the tag by which the service knows whether it has changed since.
 *
 * @param job the job
 * @param etag its entity tag, as the service wrote it
 */
public record JobSnapshot(JobView job, String etag) {}
