package io.millrace.worker.handler;

/**
 * Reads a job's payload.
 *
 * @param <P> what the handler gets
 */
@FunctionalInterface
public interface PayloadReader<P> {

    /**
     * Reads the JSON as it was submitted.
     *
     * @throws RuntimeException when it is not what the handler needs; the job is dead then, since no retry can help
     */
    P read(byte[] json);
}
