package io.millrace.worker.email;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The mail server that mails are handed to.
 *
 * @param host its name or address
 * @param port its port, 1 to 65535
 * @param encryption how the connection is protected
 * @param login who to sign in as; empty means without
 */
public record SmtpServer(String host, int port, Encryption encryption, Optional<Login> login) {

    /** What a server's address must look like, for messages. */
    public static final String RULE =
            "smtp://[user:password@]host[:port][?starttls=required|optional|off] or smtps://[user:password@]host[:port],"
                    + " with special characters of user and password percent-encoded";

    private static final int SMTP_PORT = 25;
    private static final int SMTPS_PORT = 465;
    private static final int HIGHEST_PORT = 65_535;

    /** How the connection is protected. Certificates are always checked where there is TLS. */
    public enum Encryption {
        /** TLS from the first byte ({@code smtps}). */
        IMPLICIT,
        /** STARTTLS, or no mail. */
        STARTTLS_REQUIRED,
        /** STARTTLS where the server offers it. Someone on the way can suppress the offer. */
        STARTTLS_OPTIONAL,
        /** None. */
        OFF
    }

    /**
     * Who to sign in as.
     *
     * @param user the name
     * @param password the password; never shown
     */
    public record Login(String user, String password) {
        @Override
        public String toString() {
            return user + ":***";
        }
    }

    /** @throws IllegalArgumentException when the host is empty or the port out of range */
    public SmtpServer {
        if (host.isEmpty() || port < 1 || port > HIGHEST_PORT) {
            throw new IllegalArgumentException("the SMTP server needs a host and a port from 1 to " + HIGHEST_PORT);
        }
    }

    /**
     * Reads an address. Without {@code starttls}, it is required when there is a login (so that no password travels in
     * the clear) and optional otherwise. Default ports: 25, and 465 for {@code smtps}.
     *
     * @throws IllegalArgumentException when the text breaks {@link #RULE}; the message does not repeat it, since it may
     *     hold a password
     */
    public static SmtpServer parse(String url) {
        try {
            var uri = new URI(url);
            String host = uri.getHost();
            boolean smtps = "smtps".equalsIgnoreCase(uri.getScheme());
            if (host == null || !(smtps || "smtp".equalsIgnoreCase(uri.getScheme())) || !hasNoPath(uri)) {
                throw malformed();
            }
            Optional<Login> login = login(uri.getRawUserInfo());
            Encryption encryption = smtps ? implicit(uri.getQuery()) : startTls(uri.getQuery(), login.isPresent());
            int standardPort = smtps ? SMTPS_PORT : SMTP_PORT;
            int port = uri.getPort() < 0 ? standardPort : uri.getPort();
            return new SmtpServer(withoutBrackets(host), port, encryption, login);
        } catch (URISyntaxException e) {
            throw malformed();
        }
    }

    private static boolean hasNoPath(URI uri) {
        String path = uri.getPath();
        return path == null || path.isEmpty() || path.equals("/");
    }

    private static Optional<Login> login(@Nullable String userInfo) {
        if (userInfo == null) {
            return Optional.empty();
        }
        int colon = userInfo.indexOf(':');
        if (colon < 1) {
            throw malformed();
        }
        return Optional.of(new Login(decoded(userInfo.substring(0, colon)), decoded(userInfo.substring(colon + 1))));
    }

    /** Percent-decoding; a plus stays a plus, unlike in forms. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Encryption implicit(@Nullable String query) {
        if (query != null) {
            throw malformed();
        }
        return Encryption.IMPLICIT;
    }

    private static Encryption startTls(@Nullable String query, boolean hasLogin) {
        if (query == null) {
            return hasLogin ? Encryption.STARTTLS_REQUIRED : Encryption.STARTTLS_OPTIONAL;
        }
        return switch (query.toLowerCase(Locale.ROOT)) {
            case "starttls=required" -> Encryption.STARTTLS_REQUIRED;
            case "starttls=optional" -> Encryption.STARTTLS_OPTIONAL;
            case "starttls=off" -> Encryption.OFF;
            default -> throw malformed();
        };
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("the SMTP address is not " + RULE);
    }
}
