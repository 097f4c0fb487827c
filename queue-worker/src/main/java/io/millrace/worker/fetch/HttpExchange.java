package io.millrace.worker.fetch;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One GET over one connection: as much of HTTP/1.1 (RFC 9112) as a client that asks once needs. For one thread. */
final class HttpExchange {

    private static final int MAX_LINE_BYTES = 16 * 1024;
    private static final int MAX_HEADERS = 200;
    private static final Duration LONGEST_DEFERRAL = Duration.ofHours(1);
    private static final int OK = 200;
    private static final int FIRST_CLIENT_ERROR = 400;
    private static final int FIRST_SERVER_ERROR = 500;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    /** Request timeout, too early, too many requests: the server asks for another try. */
    private static final Set<Integer> TRY_AGAIN = Set.of(408, 425, 429);

    private static final int HEX = 16;
    private static final int SILENCE_GRACE_MS = 1_000;

    private final InputStream in;
    private final int maxBytes;

    private HttpExchange(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** What came back: a redirect, or a body that was asked for with success. */
    static final class Answer {
        private final byte[] body;
        private final Optional<String> redirect;

        private Answer(byte[] body, Optional<String> redirect) {
            this.body = body;
            this.redirect = redirect;
        }

        byte[] body() {
            return body;
        }

        Optional<String> redirect() {
            return redirect;
        }
    }

    /** Connects to addresses that were checked. */
    record Connector(SSLSocketFactory tls, Duration connectTimeout) {

        Answer get(URI target, int port, List<InetAddress> addresses, int maxBytes, Duration left) throws IOException {
            boolean https = "https".equalsIgnoreCase(target.getScheme());
            int leftMillis = (int) Math.max(1, left.toMillis());
            try (Socket plain = connected(addresses, port, leftMillis)) {
                // The caller's deadline ends the fetch; this only makes sure that nothing waits for ever after it.
                plain.setSoTimeout(leftMillis + SILENCE_GRACE_MS);
                if (!https) {
                    return exchanged(plain, target, maxBytes);
                }
                String name = target.getHost().replace("[", "").replace("]", "");
                try (var secured = (SSLSocket) tls.createSocket(plain, name, port, true)) {
                    var parameters = secured.getSSLParameters();
                    // Checks the certificate's name; SNI follows from the host given to createSocket.
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    secured.setSSLParameters(parameters);
                    secured.startHandshake();
                    return exchanged(secured, target, maxBytes);
                }
            }
        }

        private Socket connected(List<InetAddress> addresses, int port, int leftMillis) throws IOException {
            int timeout = (int) Math.min(leftMillis, connectTimeout.toMillis());
            IOException last = new IOException("the host has no address");
            for (InetAddress address : addresses) {
                var socket = new Socket();
                try {
                    socket.connect(new InetSocketAddress(address, port), timeout);
                    return socket;
                } catch (IOException e) {
                    socket.close();
                    last = e;
                    if (Thread.currentThread().isInterrupted()) {
                        break;
                    }
                }
            }
            throw last;
        }

        private static Answer exchanged(Socket socket, URI target, int maxBytes) throws IOException {
            String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
            String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
            String host = target.getPort() < 0 ? target.getHost() : target.getHost() + ":" + target.getPort();
            String request = "GET " + path + query + " HTTP/1.1\r\nHost: " + host
                    + "\r\nUser-Agent: millrace\r\nAccept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new HttpExchange(new BufferedInputStream(socket.getInputStream()), maxBytes).read();
        }
    }

    private Answer read() throws IOException {
        int status = status(line());
        Map<String, String> headers = headers();
        while (status >= 100 && status < OK) {
            status = status(line());
            headers = headers();
        }
        String location = headers.get("location");
        if (REDIRECTS.contains(status) && location != null) {
            return new Answer(new byte[0], Optional.of(location));
        }
        if (status != OK) {
            throw unwelcome(status, headers.getOrDefault("retry-after", ""));
        }
        if (!"identity".equalsIgnoreCase(headers.getOrDefault("content-encoding", "identity"))) {
            throw new FetchRefusedException("the server compresses its answer although it was asked not to");
        }
        return new Answer(body(headers), Optional.empty());
    }

    private static IOException unwelcome(int status, String retryAfter) {
        String what = "the server answered with status " + status;
        boolean forGood = status < FIRST_SERVER_ERROR && status >= FIRST_CLIENT_ERROR && !TRY_AGAIN.contains(status);
        if (forGood || status < FIRST_CLIENT_ERROR) {
            return new FetchRefusedException(what);
        }
        if (retryAfter.matches("\\d{1,9}")) {
            Duration asked = Duration.ofSeconds(Long.parseLong(retryAfter));
            return new FetchDeferredException(
                    what + " and asks to come back in " + retryAfter + " s",
                    asked.compareTo(LONGEST_DEFERRAL) < 0 ? asked : LONGEST_DEFERRAL);
        }
        return new IOException(what);
    }

    private byte[] body(Map<String, String> headers) throws IOException {
        String transfer = headers.get("transfer-encoding");
        if (transfer != null) {
            if (!transfer.equalsIgnoreCase("chunked")) {
                throw new FetchRefusedException("the server uses a transfer encoding other than chunked");
            }
            return chunked();
        }
        String length = headers.get("content-length");
        return length == null ? untilClosed() : exactly(number(length, 10));
    }

    private byte[] exactly(long length) throws IOException {
        refuseOver(length);
        byte[] bytes = in.readNBytes((int) length);
        if (bytes.length < length) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private byte[] untilClosed() throws IOException {
        byte[] bytes = in.readNBytes(maxBytes + 1);
        refuseOver(bytes.length);
        return bytes;
    }

    private byte[] chunked() throws IOException {
        var body = new ByteArrayOutputStream();
        while (true) {
            String size = line();
            int extension = size.indexOf(';');
            long length = number((extension < 0 ? size : size.substring(0, extension)).strip(), HEX);
            if (length == 0) {
                return body.toByteArray();
            }
            refuseOver(body.size() + length);
            body.write(exactly(length));
            if (!line().isEmpty()) {
                throw new IOException("the server's answer is malformed: a chunk is longer than it says");
            }
        }
    }

    private void refuseOver(long length) throws FetchRefusedException {
        if (length > maxBytes) {
            throw new FetchRefusedException("the answer is larger than " + maxBytes + " bytes");
        }
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new IOException("the server does not answer in HTTP/1.1");
        }
        return Integer.parseInt(line.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        for (int i = 0; i < MAX_HEADERS; i++) {
            String line = line();
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        throw new IOException("the server's answer has more than " + MAX_HEADERS + " header lines");
    }

    private static long number(String text, int radix) throws IOException {
        try {
            long number = Long.parseLong(text, radix);
            if (number < 0) {
                throw new IOException("the server's answer is malformed: a negative length");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IOException("the server's answer is malformed: a length that is no number", e);
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended within the answer's head");
            }
            if (line.size() >= MAX_LINE_BYTES) {
                throw new IOException("a line of the server's answer is longer than " + MAX_LINE_BYTES + " bytes");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("stopped");
            }
            line.write(next);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
