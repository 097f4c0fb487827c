package io.millrace.core.accept;

import io.millrace.core.job.NewJob;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.operate.JobEditor;
import io.millrace.core.thread.NamedThreads;
import io.millrace.protocol.JobId;
import io.millrace.protocol.OnConflict;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/**
 * Gives the job that has a unique key what a submit brought that asked for that. It calls both stores, so each has a virtual
 * thread of its own and no lane waits for it. Safe for any number of threads.
 */
final class Replacement {

    private static final int MOST_ROUNDS = 5;

    private final Stock stock;
    private final JobEditor editor;
    private final Function<NewJob, CompletableFuture<Acceptance>> accept;
    private final ThreadFactory threads = NamedThreads.virtual("replace");

    /** @param accept submits a job with a unique key */
    Replacement(Stock stock, JobEditor editor, Function<NewJob, CompletableFuture<Acceptance>> accept) {
        this.stock = stock;
        this.editor = editor;
        this.accept = accept;
    }

    /** The answer to a job with a unique key, which is replaced first where it found another and asks for that. */
    CompletableFuture<Acceptance> after(NewJob job, CompletableFuture<Acceptance> first) {
        return job.unique().map(UniqueKey::onConflict).equals(Optional.of(OnConflict.REPLACE))
                ? first.thenCompose(answer -> after(job, answer, 1))
                : first;
    }

    private CompletableFuture<Acceptance> after(NewJob job, Acceptance answer, int round) {
        if (!(answer instanceof Acceptance.UniqueConflict conflict)) {
            return CompletableFuture.completedFuture(answer);
        }
        var replaced = new CompletableFuture<Optional<Acceptance>>();
        threads.newThread(() -> {
                    try {
                        replaced.complete(replace(job, conflict.id(), round));
                    } catch (RuntimeException e) {
                        replaced.completeExceptionally(e);
                    }
                })
                .start();
        return replaced.thenCompose(settled -> settled.<CompletableFuture<Acceptance>>map(
                        CompletableFuture::completedFuture)
                .orElseGet(() -> accept.apply(job).thenCompose(again -> after(job, again, round + 1))));
    }

    /** Empty when the other job is not as it was: then the submit begins anew, and may find the key free. */
    private Optional<Acceptance> replace(NewJob job, JobId holder, int round) {
        Instant now = stock.ids().next().createdAt();
        Instant keyEnds = now.plus(stock.watch().settings(job.queue()).keyLife());
        return switch (editor.replace(holder, job, now, keyEnds)) {
            case DONE ->
                Optional.of(
                        new Acceptance.Existing(holder, true, false, job.key().map(key -> keyEnds)));
            case HELD -> Optional.of(new Acceptance.UniqueConflict(holder));
            case UNKNOWN -> Optional.of(new Acceptance.ReplaceUnknown(holder));
            case NOT_FOUND, ENDED, CHANGED -> {
                if (round < MOST_ROUNDS) {
                    yield Optional.empty();
                }
                // So it is while a cancel of the job is noted and not carried out: it cannot be changed and has not
                // ended.
                yield Optional.of(new Acceptance.UniqueConflict(holder));
            }
        };
    }
}
