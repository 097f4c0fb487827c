package io.millrace.api;

import io.millrace.api.contract.Contract;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * One connection to the service, for requests that no HTTP client would send. It is opened anew when the service has closed
 * it. To be used by one thread.
 */
final class RawConnection implements AutoCloseable {

    private static final String NAME = "fuzz-";

    private final int port;
    private final int patienceMillis;
    private Socket socket = new Socket();
    private InputStream in = InputStream.nullInputStream();
    private String before = "nothing";
    private int asked;

    /** @param patienceMillis how long the service may be silent before it is said to hang */
    RawConnection(int port, int patienceMillis) {
        this.port = port;
        this.patienceMillis = patienceMillis;
    }

    /**
     * Sends a request and reads its answer.
     *
     * @throws java.net.SocketTimeoutException when none comes
     * @throws IOException when what comes is no answer
     */
    Contract.Answer ask(RequestMaker.Request request) throws IOException {
        boolean fresh = socket.isClosed() || !socket.isConnected();
        if (fresh) {
            open();
        }
        try {
            return ownAnswer(request);
        } catch (EOFException | SocketException closed) {
            close();
            if (fresh) {
                throw closed;
            }
            // The service may close a connection between two requests.
            open();
            return ownAnswer(request);
        }
    }

    /** An answer must be to this request and no other, whatever was asked before on this connection or another. */
    private Contract.Answer ownAnswer(RequestMaker.Request request) throws IOException {
        asked++;
        Contract.Answer answer = exchange(request);
        var named = answer.headers().firstValue("x-request-id");
        if (named.filter(name -> name.startsWith(NAME)).isPresent()
                && !named.get().equals(name())) {
            throw new IOException("an answer to " + named.get() + " where " + name() + " was asked: " + answer
                    + "; before it: " + before);
        }
        before = request.shown() + " answered " + answer.statusCode() + " "
                + answer.headers().map();
        return answer;
    }

    private String name() {
        return NAME + Integer.toHexString(hashCode()) + "-" + asked;
    }

    private void open() throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(patienceMillis);
        in = new BufferedInputStream(socket.getInputStream());
    }

    private Contract.Answer exchange(RequestMaker.Request request) throws IOException {
        OutputStream out = socket.getOutputStream();
        try {
            out.write(bytes(request));
            out.flush();
        } catch (IOException e) {
            // Refused before it was read to its end: the answer may stand there all the same.
            if (in.available() == 0) {
                throw e;
            }
        }
        Contract.Answer answer = answer(request.method().equals("HEAD"));
        if (answer.headers()
                .firstValue("connection")
                .filter("close"::equalsIgnoreCase)
                .isPresent()) {
            close();
        }
        return answer;
    }

    private byte[] bytes(RequestMaker.Request request) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var head = new StringBuilder(request.method() + " " + request.target() + " HTTP/1.1\r\nHost: fuzz\r\n");
        if (request.headers().stream().noneMatch(header -> header.startsWith("X-Request-Id"))) {
            head.append("X-Request-Id: ").append(name()).append("\r\n");
        }
        request.headers().forEach(header -> head.append(header).append("\r\n"));
        boolean chunked = request.chunked() && request.body().length > 0;
        head.append(chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + request.body().length)
                .append("\r\n\r\n");
        bytes.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (chunked) {
            bytes.write((Integer.toHexString(request.body().length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            bytes.write(request.body());
            bytes.write("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        } else {
            bytes.write(request.body());
        }
        return bytes.toByteArray();
    }

    private Contract.Answer answer(boolean head) throws IOException {
        String[] status = line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
            throw new IOException("no status line but '" + String.join(" ", status) + "'");
        }
        var fields = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            fields.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).trim());
        }
        int code = Integer.parseInt(status[1]);
        if (code == 100) {
            return answer(head);
        }
        HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);
        boolean none = head || code == 204 || code == 304;
        return new Contract.Answer(code, headers, none ? "" : new String(body(headers), StandardCharsets.UTF_8));
    }

    private byte[] body(HttpHeaders headers) throws IOException {
        if (headers.firstValue("transfer-encoding").filter("chunked"::equals).isPresent()) {
            var whole = new ByteArrayOutputStream();
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                whole.write(exactly(size));
                line();
            }
            line();
            return whole.toByteArray();
        }
        var length = headers.firstValueAsLong("content-length");
        if (length.isPresent()) {
            return exactly((int) length.getAsLong());
        }
        byte[] rest = in.readAllBytes();
        close();
        return rest;
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(line().replaceAll(";.*", "").trim(), 16);
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("an answer of " + size + " bytes ends after " + bytes.length);
        }
        return bytes;
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection ends where a line should be");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
