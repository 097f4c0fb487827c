package io.millrace.client;

import java.io.InputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Takes requests to a service and brings its answers back. {@link Millrace#connect(String, String)} brings its own, over
 * HTTP; another one puts something else in the service's place, as {@link io.millrace.client.testing.FakeMillrace} does.
 * Everything above it stays the same: keys, checks, repeats, errors. Must be safe for many threads.
 */
@FunctionalInterface
public interface Carrier {

    /**
     * Sends one request, once.
     *
     * @return the answer, of whatever status; a failure that is an {@link java.io.IOException} may be repeated by the
     *     client, any other is not. Cancelling it gives the request up
     */
    CompletableFuture<Answer> carry(Request request);

    /**
     * One attempt of a call.
     *
     * @param method the HTTP method
     * @param path from {@code /v1} on, with its query, encoded
     * @param headers by name; without those that the carrier itself knows best, such as the length
     * @param body what is sent, which must not be changed; empty for none
     * @param timeout how long the client will wait for the answer
     * @param streamed whether the body of a good answer should be handed on while it arrives
     */
    record Request(
            String method, String path, Map<String, String> headers, byte[] body, Duration timeout, boolean streamed) {

        /** Copies the headers. */
        public Request {
            headers = Map.copyOf(headers);
        }

        /** Without headers and body, which may hold what must not be in a log. */
        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /**
     * What came back.
     *
     * @param status the HTTP status
     * @param headers one value by name; names are kept in lower case
     * @param body read once and closed by the client
     */
    record Answer(int status, Map<String, String> headers, InputStream body) {

        /** Copies the headers. */
        public Answer {
            headers = headers.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(
                            header -> header.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
        }

        /** A header's value, by its name in any case. */
        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
        }
    }
}
