package io.millrace.worker.fetch;

import io.millrace.core.thread.NamedThreads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what a job's address names, and nothing that it must not.
 *
 * <h2>Why not the JDK's HTTP client</h2>
 *
 * A name can resolve to a public address when it is checked and to a private one when it is connected to (DNS rebinding).
 * So the address that is connected to has to be the very one that was checked, and {@code java.net.http.HttpClient}
 * resolves names itself and takes no address. Here the host is resolved once, all of its addresses are checked, and the
 * socket is connected to the first of them that answers; TLS then checks the certificate for the name, and the name is sent as SNI
 * and Host. The HTTP/1.1 spoken over it is one GET a connection.
 *
 * <h2>Rules</h2>
 *
 * Only {@code https}, only configured ports, no user name in the address, a host all of whose addresses are public; the
 * same again for each of at most {@value #MAX_REDIRECTS} redirects. The size is limited while reading, not by what the
 * server says; everything together has a deadline. No cookies, no credentials, no compression.
 *
 * <p>Safe for any number of threads.
 */
public final class GuardedFetch {

    private static final int MAX_REDIRECTS = 3;
    private static final int MAX_URL_LENGTH = 2048;
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;

    private final HostResolver resolver;
    private final HttpExchange.Connector connector;
    private final AddressGuard guard;
    private final FetchConfig config;

    /** A fetch with this machine's resolver and trusted certificates. */
    public GuardedFetch(FetchConfig config) {
        this(HostResolver.SYSTEM, (SSLSocketFactory) SSLSocketFactory.getDefault(), config);
    }

    GuardedFetch(HostResolver resolver, SSLSocketFactory tls, FetchConfig config) {
        this.resolver = resolver;
        this.connector = new HttpExchange.Connector(tls, config.connectTimeout());
        this.guard = new AddressGuard(config.allowLoopback());
        this.config = config;
    }

    /**
     * Fetches the bytes behind an address.
     *
     * @param url as the job gives it
     * @param maxBytes the most bytes taken
     * @throws FetchRefusedException when trying again cannot help: a forbidden address, too many bytes, a 4xx answer
     * @throws IOException when trying again may help: no connection, a 5xx answer, the deadline
     * @throws InterruptedException when interrupted; the connection is closed
     */
    public byte[] fetch(String url, int maxBytes) throws IOException, InterruptedException {
        // On a virtual thread of its own, since there an interrupt closes the socket, whatever the caller's thread is.
        var work = new FutureTask<>(() ->
                followed(url, maxBytes, System.nanoTime() + config.deadline().toNanos()));
        Thread thread = NamedThreads.virtual("guarded-fetch").newThread(work);
        thread.start();
        try {
            return work.get(config.deadline().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new InterruptedIOException(
                    "fetching took longer than " + config.deadline().toMillis() + " ms");
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            thread.interrupt();
        }
    }

    private static IOException rethrown(@Nullable Throwable cause) {
        return cause instanceof IOException io ? io : new IOException("fetching failed: " + cause, cause);
    }

    private byte[] followed(String url, int maxBytes, long endNanos) throws IOException {
        URI target = checked(parsed(url));
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpExchange.Answer answer = once(target, maxBytes, endNanos);
            Optional<String> location = answer.redirect();
            if (location.isEmpty()) {
                return answer.body();
            }
            target = checked(resolved(target, location.get()));
        }
        throw new FetchRefusedException("the address redirects more than " + MAX_REDIRECTS + " times");
    }

    private HttpExchange.Answer once(URI target, int maxBytes, long endNanos) throws IOException {
        List<InetAddress> addresses = resolver.resolve(target.getHost());
        for (InetAddress address : addresses) {
            Optional<String> refusal = guard.refusal(address);
            if (refusal.isPresent()) {
                throw new FetchRefusedException("the host " + target.getHost() + " has the address "
                        + address.getHostAddress() + ", which is not public (" + refusal.get() + ")");
            }
        }
        Duration left = Duration.ofNanos(endNanos - System.nanoTime());
        return connector.get(target, port(target), addresses, maxBytes, left);
    }

    private static URI parsed(String url) throws FetchRefusedException {
        try {
            if (url.length() > MAX_URL_LENGTH) {
                throw new FetchRefusedException("the address is longer than " + MAX_URL_LENGTH + " characters");
            }
            return new URI(new URI(url).toASCIIString());
        } catch (URISyntaxException e) {
            throw new FetchRefusedException("the address is malformed: " + e.getReason());
        }
    }

    private static URI resolved(URI base, String location) throws FetchRefusedException {
        return base.resolve(parsed(location));
    }

    private URI checked(URI target) throws FetchRefusedException {
        boolean http = "http".equalsIgnoreCase(target.getScheme()) && config.allowHttp();
        if (!http && !"https".equalsIgnoreCase(target.getScheme())) {
            throw new FetchRefusedException("only https addresses are fetched");
        }
        if (target.getHost() == null || target.getRawUserInfo() != null) {
            throw new FetchRefusedException("the address has no host, or a user name in it");
        }
        if (!config.ports().contains(port(target))) {
            throw new FetchRefusedException("port " + port(target) + " is not among those that may be fetched from");
        }
        return target;
    }

    private static int port(URI target) {
        int standard = "https".equalsIgnoreCase(target.getScheme()) ? HTTPS_PORT : HTTP_PORT;
        return target.getPort() < 0 ? standard : target.getPort();
    }
}
