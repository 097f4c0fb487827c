package io.millrace.client;

import io.millrace.protocol.JobView;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A list of jobs that asks for its next page when the one before is used up. For one thread. */
final class JobListing implements Iterator<JobView> {

    private final Calls calls;
    private final Queue<JobView> page = new ArrayDeque<>();
    private JobFilter filter;
    private long left;
    private boolean ended;

    private JobListing(Calls calls, JobFilter filter) {
        this.calls = calls;
        this.filter = filter;
        this.left = filter.limit().orElse(Long.MAX_VALUE);
    }

    static Stream<JobView> stream(Calls calls, JobFilter filter) {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(
                () -> Spliterators.spliteratorUnknownSize(new JobListing(calls, filter), traits), traits, false);
    }

    /** How many jobs one page of a filter has at most; 0 leaves it to the service. */
    static int pageLimit(JobFilter filter) {
        return (int) Math.min(filter.limit().orElse(0), JobFilter.LARGEST_PAGE);
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !ended && left > 0) {
            JobPage next = Waiting.on(calls.jobs(filter, (int) Math.min(left, pageLimit(filter))));
            page.addAll(next.jobs());
            filter = next.nextCursor().map(filter::after).orElse(filter);
            ended = next.nextCursor().isEmpty();
        }
        return left > 0 && !page.isEmpty();
    }

    @Override
    public JobView next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the list of jobs is at its end");
        }
        left--;
        return page.remove();
    }
}
