package io.millrace.client.testing;

import io.millrace.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;

/**
 * What befalls one call.
 *
 * @param refusal refuses it
 * @param carriedOut whether it takes effect before its answer is lost
 */
record Mishap(Optional<Refusal> refusal, boolean carriedOut) {

    static final Mishap LOST_REQUEST = new Mishap(Optional.empty(), false);
    static final Mishap LOST_ANSWER = new Mishap(Optional.empty(), true);

    static Mishap refusal(ErrorCode code, String detail) {
        return new Mishap(Optional.of(new Refusal(code, detail, List.of())), false);
    }

    /** Not an I/O failure, so that the client does not repeat the call. */
    static IllegalStateException failure() {
        return new IllegalStateException("the test asked for it");
    }
}
