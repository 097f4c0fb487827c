package io.millrace.client;

import io.millrace.client.Wire.BulkAnswer;
import io.millrace.client.Wire.BulkItem;
import io.millrace.protocol.Limits;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts many submits into requests that the service takes, and sends them one after the other. A chunk is written when its
 * turn comes, so that no more than one is in memory. Each item's key is chosen before it is sent for the first time.
 */
final class BulkSubmitter {

    static final int MAX_JOBS = 1_000;
    static final int MAX_BYTES = 8 * 1024 * 1024;

    /** Refused for now: the queue is full. */
    private static final int TOO_MANY_REQUESTS = 429;

    private final Millrace millrace;
    private final Calls calls;
    private final Wire wire;

    BulkSubmitter(Millrace millrace, Calls calls, Wire wire) {
        this.millrace = millrace;
        this.calls = calls;
        this.wire = wire;
    }

    CompletableFuture<BulkResult> submit(List<JobRequest> requests) {
        var run = new Run(requests.stream().map(millrace::withKey).toList());
        run.nextChunk();
        return run.result;
    }

    /** All in one request; none of them is accepted without the others. */
    CompletableFuture<List<JobHandle>> submitWhole(List<JobRequest> requests) {
        if (requests.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        var whole = new Chunk(Limits.MAX_BULK_BYTES);
        List<JobRequest> keyed = requests.stream().map(millrace::withKey).toList();
        for (int i = 0; i < keyed.size(); i++) {
            byte[] item;
            try {
                item = wire.submit(keyed.get(i), true);
            } catch (RejectedException e) {
                return CompletableFuture.failedFuture(e);
            }
            if (i == Limits.MAX_BULK_JOBS || !whole.fits(item)) {
                throw new IllegalArgumentException("the service takes at most " + Limits.MAX_BULK_JOBS + " jobs and "
                        + Limits.MAX_BULK_BYTES + " bytes together; submit fewer at once");
            }
            whole.add(i, item);
        }
        return calls.submitAll(whole.toBytes(), keyed.size(), true).thenApply(this::handles);
    }

    private List<JobHandle> handles(BulkAnswer answer) {
        return answer.results().stream()
                .map(item -> {
                    JobHandle job = handle(item);
                    if (job == null) {
                        throw new IllegalStateException("a job was not accepted with the others: "
                                + wire.problem(item).summary());
                    }
                    return job;
                })
                .toList();
    }

    private @Nullable JobHandle handle(BulkItem item) {
        if (item.job() != null) {
            boolean replayed = Boolean.TRUE.equals(item.replayed());
            return millrace.handle(item.job().id(), replayed ? SubmitOutcome.REPLAYED : SubmitOutcome.MADE);
        }
        if (item.existingId() != null) {
            boolean replaced = Boolean.TRUE.equals(item.replaced());
            return millrace.handle(item.existingId(), replaced ? SubmitOutcome.REPLACED : SubmitOutcome.EXISTING);
        }
        return null;
    }

    /** One bulk submit on its way; its chunks follow each other, so it needs no lock. */
    private final class Run {
        final List<JobRequest> requests;
        final @Nullable Submission[] submissions;
        final CompletableFuture<BulkResult> result = new CompletableFuture<>();
        int next;
        boolean first = true;

        /** Written but not yet sent: it was the one that did not fit any more. */
        byte @Nullable [] ahead;

        Run(List<JobRequest> requests) {
            this.requests = requests;
            this.submissions = new @Nullable Submission[requests.size()];
        }

        void nextChunk() {
            try {
                Chunk chunk = cut();
                if (chunk.indexes.isEmpty()) {
                    finish();
                    return;
                }
                var unused = calls.submitAll(chunk.toBytes(), chunk.indexes.size(), false)
                        .whenComplete((answer, thrown) -> answered(chunk, answer, thrown));
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        /** As many of the next requests as go into one; those that cannot be sent at all are settled on the way. */
        Chunk cut() {
            var chunk = new Chunk(MAX_BYTES);
            while (next < requests.size() && chunk.indexes.size() < MAX_JOBS) {
                byte[] item = ahead == null ? written(next) : ahead;
                ahead = null;
                if (item != null && !chunk.fits(item)) {
                    ahead = item;
                    return chunk;
                }
                if (item != null) {
                    chunk.add(next, item);
                }
                next++;
            }
            return chunk;
        }

        byte @Nullable [] written(int index) {
            try {
                return wire.submit(requests.get(index), true);
            } catch (RejectedException e) {
                submissions[index] = new Submission.Rejected(requests.get(index), e.problem());
                return null;
            }
        }

        void answered(Chunk chunk, @Nullable BulkAnswer answer, @Nullable Throwable thrown) {
            try {
                if (answer != null) {
                    for (int i = 0; i < chunk.indexes.size(); i++) {
                        int index = chunk.indexes.get(i);
                        submissions[index] =
                                submission(requests.get(index), answer.results().get(i));
                    }
                } else if (!settleRefused(chunk, unwrapped(thrown))) {
                    return;
                }
                first = false;
                nextChunk();
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        /** Settles a chunk that failed as a whole; false when that was the end of the run. */
        boolean settleRefused(Chunk chunk, Throwable cause) {
            if (cause instanceof UnavailableException unavailable) {
                chunk.indexes.forEach(index -> unanswered(index, unavailable));
                for (int index = next; index < requests.size(); index++) {
                    unanswered(index, unavailable);
                }
                finish();
                return false;
            }
            if (cause instanceof RejectedException rejected && !first) {
                chunk.indexes.forEach(
                        index -> submissions[index] = new Submission.Rejected(requests.get(index), rejected.problem()));
                return true;
            }
            result.completeExceptionally(cause);
            return false;
        }

        void unanswered(int index, UnavailableException cause) {
            submissions[index] = new Submission.Unanswered(requests.get(index), cause);
        }

        void finish() {
            var all = new ArrayList<Submission>(submissions.length);
            for (Submission submission : submissions) {
                if (submission != null) {
                    all.add(submission);
                }
            }
            result.complete(new BulkResult(all));
        }
    }

    private Submission submission(JobRequest request, BulkItem item) {
        JobHandle job = handle(item);
        if (job != null) {
            return new Submission.Accepted(request, job);
        }
        if (item.status() >= 400 && item.status() < 500 && item.status() != TOO_MANY_REQUESTS) {
            return new Submission.Rejected(request, wire.problem(item));
        }
        String happened = "the answer for this job was " + wire.problem(item).summary();
        String message = "Submitting a job of type " + request.type() + " among others: " + happened
                + ". Submit the request again, with its key.";
        return new Submission.Unanswered(
                request,
                new UnavailableException(
                        message, request.idempotencyKey().orElse(null), Failure.unreadable(happened, null), false));
    }

    private static Throwable unwrapped(@Nullable Throwable thrown) {
        if (thrown instanceof CompletionException && thrown.getCause() != null) {
            return thrown.getCause();
        }
        return thrown == null ? new IllegalStateException("neither an answer nor a failure") : thrown;
    }

    /** One request in the making: a JSON array and the places of its items. */
    private static final class Chunk {
        final List<Integer> indexes = new ArrayList<>();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int mostBytes;

        Chunk(int mostBytes) {
            this.mostBytes = mostBytes;
            bytes.write('[');
        }

        /** With the comma before it and the bracket after it. A single item always fits. */
        boolean fits(byte[] item) {
            return indexes.isEmpty() || bytes.size() + item.length + 2 <= mostBytes;
        }

        void add(int index, byte[] item) {
            if (!indexes.isEmpty()) {
                bytes.write(',');
            }
            bytes.writeBytes(item);
            indexes.add(index);
        }

        byte[] toBytes() {
            bytes.write(']');
            return bytes.toByteArray();
        }
    }
}
