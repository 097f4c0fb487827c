package io.millrace.core.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.postgres.ApiKeyRows;
import io.millrace.core.postgres.ApiKeyRows.ApiKeyRow;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes and checks API keys. A key reads {@code mr_<id>_<secret>}: 12 hexadecimal digits that find its row, and 256
 * random bits. Only its SHA-256 is stored, and compared in constant time. What was found is remembered for a few
 * seconds, which bounds how long a revoked key still works. Safe for any number of threads.
 */
public final class ApiKeys {

    /** What a key looks like, for messages. */
    public static final String RULE = "mr_ followed by 12 hexadecimal digits, '_' and 43 characters";

    private static final Pattern FORM = Pattern.compile("mr_([0-9a-f]{12})_[A-Za-z0-9_-]{43}");
    private static final Duration REMEMBERED = Duration.ofSeconds(4);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;
    private static final int ID_AT = "mr_".length();
    private static final int ID_LENGTH = 2 * ID_BYTES;
    private static final int SECRET_LENGTH = 43;

    /** Compared with when no row was found, so that an unknown id takes as long as a wrong secret. */
    private static final ApiKeyRow NOBODY = new ApiKeyRow("", "", new byte[32], "");

    private final ApiKeyRows rows;
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

    private record Remembered(byte[] hash, ApiKey key, long atNanos) {}

    /** @param rows where the hashes are */
    public ApiKeys(ApiKeyRows rows) {
        this.rows = rows;
    }

    /** A fresh key's text. It is not valid before {@link #ensure}. */
    public static String generate() {
        SecureRandom random = new SecureRandom();
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        return "mr_" + HexFormat.of().formatHex(id) + "_"
                + Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** Whether a text has the form of a key. */
    public static boolean isWellFormed(String token) {
        return FORM.matcher(token).matches();
    }

    /**
     * Makes sure that a key given from outside is valid, with these scopes if it is new.
     *
     * @throws IllegalArgumentException when it does not look like a key
     */
    public void ensure(String token, String owner, Set<Scope> scopes) {
        Matcher form = FORM.matcher(token);
        if (!form.matches()) {
            throw new IllegalArgumentException("an API key reads " + RULE);
        }
        String joined = scopes.stream().map(Scope::name).sorted().collect(Collectors.joining(","));
        rows.insert(new ApiKeyRow(form.group(1), owner, sha256(token), joined));
    }

    /**
     * The key that a request shows, if it is valid.
     *
     * @throws StoreUnavailableException when the key is not remembered and PostgreSQL is away
     */
    public Optional<ApiKey> authenticate(String token) {
        Matcher form = FORM.matcher(token);
        if (!form.matches()) {
            return Optional.empty();
        }
        byte[] hash = sha256(token);
        Remembered known = remembered.get(form.group(1));
        if (known != null && System.nanoTime() - known.atNanos < REMEMBERED.toNanos()) {
            return MessageDigest.isEqual(known.hash, hash) ? Optional.of(known.key) : Optional.empty();
        }
        ApiKeyRow row = rows.find(form.group(1)).orElse(NOBODY);
        if (!MessageDigest.isEqual(row.hash(), hash)) {
            return Optional.empty();
        }
        return Optional.of(remember(row));
    }

    /** The key that a request shows, if it is valid and that can be told without asking PostgreSQL. */
    public Optional<ApiKey> remembered(String token) {
        if (token.length() != ID_AT + ID_LENGTH + 1 + SECRET_LENGTH) {
            return Optional.empty();
        }
        Remembered known = remembered.get(token.substring(ID_AT, ID_AT + ID_LENGTH));
        return known != null
                        && System.nanoTime() - known.atNanos < REMEMBERED.toNanos()
                        && MessageDigest.isEqual(known.hash, sha256(token))
                ? Optional.of(known.key)
                : Optional.empty();
    }

    private ApiKey remember(ApiKeyRow row) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        Arrays.stream(row.scopes().split(","))
                .filter(name -> !name.isEmpty())
                .forEach(name -> scopes.add(Scope.valueOf(name)));
        ApiKey key = new ApiKey(row.id(), row.owner(), scopes);
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(row.id(), new Remembered(row.hash(), key, System.nanoTime()));
        return key;
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
