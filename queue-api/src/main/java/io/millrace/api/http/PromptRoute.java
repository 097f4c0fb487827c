package io.millrace.api.http;

import io.millrace.core.access.ApiKey;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A {@code POST} that many callers wait for at once: it is answered when what it asked for has happened, and no thread
 * waits meanwhile. It serves the plain case only. Called on a thread that serves many connections, so it must not block.
 */
@FunctionalInterface
public interface PromptRoute {

    /**
     * A request whose body has arrived.
     *
     * @param caller whose key it carries; the key has the route's scope
     * @param headers all values of the header of that name
     * @param body the whole body
     */
    record Plain(ApiKey caller, Function<String, List<String>> headers, byte[] body) {}

    /**
     * What a request is answered.
     *
     * @param status the HTTP status
     * @param headers names and values that this answer has beside those of every answer
     * @param body JSON
     */
    record Answer(int status, List<Header> headers, byte[] body) {}

    /**
     * A header of an answer.
     *
     * @param name its name
     * @param value its value
     */
    record Header(String name, String value) {}

    /**
     * Begins.
     *
     * @return completes with the answer, or with an {@link ApiProblem} or an exception of the engine
     * @throws ApiProblem when the request is not to be served like this; nothing has been done then, and the route of
     *     the same path answers it
     */
    CompletionStage<Answer> begin(Plain request);
}
