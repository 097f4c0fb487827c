package io.millrace.core.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.job.Actor;
import io.millrace.core.job.QueuePatterns;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.postgres.ApiKeyRows;
import io.millrace.core.postgres.ApiKeyRows.ApiKeyRow;
import io.millrace.core.postgres.ApiKeyRows.NewRow;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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
    private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");
    private static final Duration REMEMBERED = Duration.ofSeconds(4);
    private static final int MOST_REMEMBERED = 10_000;
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 32;
    private static final int ID_AT = "mr_".length();
    private static final int ID_LENGTH = 2 * ID_BYTES;
    private static final int SECRET_LENGTH = 43;

    /** Compared with when no row was found, so that an unknown id takes as long as a wrong secret. */
    private static final byte[] NOBODY = new byte[32];

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
     * What was made.
     *
     * @param token the key's text, which is nowhere else and cannot be found again
     * @param key what is known of it from now on
     */
    public record Created(String token, KnownKey key) {}

    /**
     * Makes a key.
     *
     * @throws IllegalArgumentException when it would be allowed more than the granting key, see {@link Grant#beyond}
     */
    public Created create(Grant grant, ApiKey granting) {
        if (!grant.beyond(granting).isEmpty()) {
            throw new IllegalArgumentException("a key cannot grant more than it has: " + grant.beyond(granting));
        }
        String token = generate();
        String id = token.substring(ID_AT, ID_AT + ID_LENGTH);
        if (!rows.insert(row(token, id, grant), granting.actor())) {
            throw new IllegalStateException("two fresh keys have the id " + id + "; ask again");
        }
        return new Created(token, known(rows.known(id).orElseThrow()));
    }

    /**
     * Keys that a key may look after, the newest first: those of no queue that it does not know of itself. A page may be
     * short and go on all the same.
     *
     * @param after {@link Keys#next} of the page before; empty for the first
     */
    public Keys list(QueuePatterns queues, OptionalLong after, int most) {
        List<ApiKeyRow> page = rows.page(after.orElse(Long.MAX_VALUE), most);
        List<KnownKey> shown = page.stream()
                .map(ApiKeys::known)
                .filter(known -> queues.cover(known.key().queues()))
                .toList();
        return new Keys(
                shown, page.size() == most ? OptionalLong.of(page.getLast().number()) : OptionalLong.empty());
    }

    /**
     * A page of keys.
     *
     * @param keys the newest first
     * @param next where to go on; empty at the end
     */
    public record Keys(List<KnownKey> keys, OptionalLong next) {}

    /**
     * Puts a key out of force: here at once, everywhere within seconds. Doing it twice is harmless.
     *
     * @return whether there is such a key among those that the revoking key may look after
     */
    public boolean revoke(String id, ApiKey revoking) {
        boolean exists = Optional.of(id)
                .filter(text -> ID.matcher(text).matches())
                .flatMap(rows::known)
                .filter(row -> revoking.queues().cover(known(row).key().queues()))
                .isPresent();
        if (exists) {
            rows.revoke(id, revoking.actor());
            remembered.remove(id);
        }
        return exists;
    }

    /**
     * Makes sure that a key given from outside is valid, for every queue and with these scopes if it is new.
     *
     * @throws IllegalArgumentException when it does not look like a key
     */
    public void ensure(String token, String owner, Set<Scope> scopes) {
        Matcher form = FORM.matcher(token);
        if (!form.matches()) {
            throw new IllegalArgumentException("an API key reads " + RULE);
        }
        Grant grant = new Grant(owner, scopes, QueuePatterns.ALL, Optional.empty());
        rows.insert(row(token, form.group(1), grant), Actor.SETTINGS);
    }

    private static NewRow row(String token, String id, Grant grant) {
        String joined = grant.scopes().stream().map(Scope::name).sorted().collect(Collectors.joining(","));
        return new NewRow(
                id, grant.owner(), sha256(token), joined, grant.queues().joined(), grant.expiresAt());
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
        Optional<ApiKeyRow> row = rows.find(form.group(1));
        boolean same =
                MessageDigest.isEqual(row.map(found -> found.key().hash()).orElse(NOBODY), hash);
        return row.filter(found -> same).map(found -> remember(found, hash));
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

    private ApiKey remember(ApiKeyRow row, byte[] hash) {
        ApiKey key = known(row).key();
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.clear();
        }
        remembered.put(key.id(), new Remembered(hash, key, System.nanoTime()));
        return key;
    }

    private static KnownKey known(ApiKeyRow row) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        Arrays.stream(row.key().scopes().split(","))
                .filter(name -> !name.isEmpty())
                .forEach(name -> scopes.add(Scope.valueOf(name)));
        ApiKey key = new ApiKey(
                row.key().id(),
                row.key().owner(),
                scopes,
                QueuePatterns.read(row.key().queues()),
                row.key().expiresAt());
        return new KnownKey(row.number(), key, row.createdAt(), row.createdBy(), row.revokedAt());
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
