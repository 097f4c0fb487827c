package io.millrace.core.job;

import io.millrace.protocol.JobId;
import io.millrace.protocol.JobType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a claim reads of a row before it runs it.
 *
 * @param id the job
 * @param fence must be the claimed entry's, else the entry is stale
 * @param state must be waiting
 * @param type chooses the handler
 * @param attempt attempts that ended so far
 * @param crashes attempts that ended with their worker
 * @param cancelRequested the job is to be cancelled instead of run
 * @param deadline how it stands to its start deadline
 * @param options retry policy and timeout
 * @param tags as given
 * @param payload the JSON as given; empty where the batch had no room left for it
 * @param notDueUntil its time where that is still ahead, unix ms
 */
public record ClaimRow(
        JobId id,
        int fence,
        StoredState state,
        JobType type,
        int attempt,
        int crashes,
        boolean cancelRequested,
        StartDeadline deadline,
        JobOptions options,
        List<String> tags,
        Optional<byte[]> payload,
        OptionalLong notDueUntil) {}
