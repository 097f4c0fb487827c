package io.millrace.api.http;

import io.millrace.protocol.ErrorCode;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of request bodies may be in memory at once. What is beyond it is refused with 503, so that many large
 * requests at once cost their senders a retry and not the process its memory.
 */
public final class BodyBudget {

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    /** @param limit in bytes */
    public BodyBudget(long limit) {
        this.limit = limit;
    }

    /** A budget of a quarter of the heap this process may grow to. */
    public static BodyBudget ofHeap() {
        return new BodyBudget(Runtime.getRuntime().maxMemory() / 4);
    }

    /** @throws ApiProblem 503 when the budget is spent */
    void take(int bytes) {
        if (taken.addAndGet(bytes) > limit) {
            taken.addAndGet(-bytes);
            throw ApiProblem.of(
                            ErrorCode.UNAVAILABLE,
                            "the bodies of other requests fill this node's memory budget; send it again")
                    .as(ProblemType.REDUCED_CAPACITY);
        }
    }

    void giveBack(int bytes) {
        taken.addAndGet(-bytes);
    }

    /** Bytes held now. */
    public long taken() {
        return taken.get();
    }
}
