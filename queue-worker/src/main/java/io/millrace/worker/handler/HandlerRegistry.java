package io.millrace.worker.handler;

import io.millrace.protocol.JobType;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which handler does which type. Immutable. */
public final class HandlerRegistry {

    private final Map<JobType, Registration<?>> registrations;

    /**
     * A handler with what reads its payload.
     *
     * @param reader makes the payload
     * @param handler does the work
     * @param rules what holds for jobs of its type
     * @param <P> the payload's class
     */
    public record Registration<P>(PayloadReader<P> reader, JobHandler<P> handler, HandlerRules rules) {

        /** The same with another timeout; empty for no limit. */
        public Registration<P> withTimeout(Optional<Duration> timeout) {
            HandlerRules other = timeout.map(rules::timeout).orElseGet(rules::noTimeout);
            return new Registration<>(reader, handler, other);
        }
    }

    /** @param registrations by type */
    public HandlerRegistry(Map<JobType, Registration<?>> registrations) {
        this.registrations = Map.copyOf(registrations);
    }

    /** The handler of a type, if there is one. */
    public Optional<Registration<?>> find(JobType type) {
        return Optional.ofNullable(registrations.get(type));
    }

    /** Every type that has a handler. */
    public Set<JobType> types() {
        return registrations.keySet();
    }
}
