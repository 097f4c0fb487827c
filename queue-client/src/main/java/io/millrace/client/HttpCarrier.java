package io.millrace.client;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** Carries requests over HTTP with the JDK's client. Safe for many threads; has nothing to close. */
final class HttpCarrier implements Carrier {

    private final URI baseUrl;
    private final HttpClient http;

    HttpCarrier(MillraceClientConfig config, Executor executor) {
        this.baseUrl = config.baseUrl();
        // The HTTP client has no close in Java 17: its threads are daemons that end once it is no longer used.
        this.http = HttpClient.newBuilder()
                .version(version(baseUrl))
                .connectTimeout(config.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(executor)
                .build();
    }

    @Override
    public CompletableFuture<Answer> carry(Request request) {
        HttpRequest.Builder http =
                HttpRequest.newBuilder(URI.create(baseUrl + request.path())).timeout(request.timeout());
        request.headers().forEach(http::header);
        http.method(
                request.method(),
                request.body().length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(request.body()));
        CompletableFuture<HttpResponse<InputStream>> sent =
                this.http.sendAsync(http.build(), info -> subscriber(request, info));
        var answer = new CompletableFuture<Answer>();
        var unusedAnswer = sent.whenComplete((response, thrown) -> {
            if (thrown != null) {
                answer.completeExceptionally(cause(thrown));
            } else {
                answer.complete(new Answer(response.statusCode(), headers(response), response.body()));
            }
        });
        // Cancelling a future does not reach the one it depends on.
        var unusedEnd = answer.whenComplete((done, thrown) -> {
            if (thrown != null) {
                sent.cancel(true);
            }
        });
        return answer;
    }

    private static Map<String, String> headers(HttpResponse<?> response) {
        return response.headers().map().entrySet().stream()
                .filter(header -> !header.getValue().isEmpty())
                .collect(Collectors.toMap(
                        Map.Entry::getKey, header -> header.getValue().get(0)));
    }

    private static Throwable cause(Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    private static BodySubscriber<InputStream> subscriber(Request request, ResponseInfo info) {
        if (request.streamed() && info.statusCode() == 200) {
            return BodySubscribers.ofInputStream();
        }
        return BodySubscribers.mapping(BodySubscribers.ofByteArray(), ByteArrayInputStream::new);
    }

    /** HTTP/2 is settled within TLS; over plain text the attempt to upgrade upsets some servers and gains nothing. */
    private static HttpClient.Version version(URI baseUrl) {
        return baseUrl.getScheme().equalsIgnoreCase("https") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1;
    }
}
