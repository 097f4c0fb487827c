package io.millrace.core.postgres;

import io.millrace.core.job.Actor;
import io.millrace.core.job.AuditEntry.Action;
import io.millrace.core.postgres.AuditRows.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/** The API keys' rows: hashes, never the keys. */
public final class ApiKeyRows {

    private static final String COLUMNS =
            "SELECT number, id, owner, hash, scopes, queues, created_at, created_by, expires_at, revoked_at FROM api_key";
    private static final Sql FIND = new Sql(
            "find_api_key",
            COLUMNS + " WHERE id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())");
    private static final Sql PAGE =
            new Sql("page_api_keys", COLUMNS + " WHERE number < ? ORDER BY number DESC LIMIT ?");
    private static final Sql KNOWN = new Sql("known_api_key", COLUMNS + " WHERE id = ?");
    private static final Sql INSERT = new Sql(
            "insert_api_key",
            "INSERT INTO api_key (id, owner, hash, scopes, queues, created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
                    + " ON CONFLICT (id) DO NOTHING");
    private static final Sql REVOKE =
            new Sql("revoke_api_key", "UPDATE api_key SET revoked_at = now() WHERE id = ? AND revoked_at IS NULL");
    private static final Sql FORGET = new Sql(
            "forget_api_keys",
            "DELETE FROM api_key k USING (SELECT id FROM api_key WHERE least(revoked_at, expires_at) < ? LIMIT ?) old"
                    + " WHERE k.id = old.id");

    private final Database database;
    private final AuditRows audit;

    /**
     * What a key is to be.
     *
     * @param id the part of the key that finds it
     * @param owner whose it is: the scope of idempotency keys
     * @param hash SHA-256 of the whole key
     * @param scopes joined by commas
     * @param queues patterns joined by commas
     * @param expiresAt until when it is in force
     */
    public record NewRow(
            String id, String owner, byte[] hash, String scopes, String queues, Optional<Instant> expiresAt) {}

    /**
     * A key's row.
     *
     * @param number grows from key to key
     * @param key what it is
     * @param createdAt when it was made
     * @param createdBy the id of the key that made it
     * @param revokedAt since when it is not in force any more
     */
    public record ApiKeyRow(
            long number, NewRow key, Instant createdAt, String createdBy, Optional<Instant> revokedAt) {}

    /** @param database where the rows are */
    public ApiKeyRows(Database database) {
        this.database = database;
        this.audit = new AuditRows(database);
    }

    /** The key of this id, unless it is revoked or has expired. */
    public Optional<ApiKeyRow> find(String id) {
        return one(FIND, id);
    }

    /** The key of this id, in force or not. */
    public Optional<ApiKeyRow> known(String id) {
        return one(KNOWN, id);
    }

    private Optional<ApiKeyRow> one(Sql sql, String id) {
        return database.query(sql, statement -> statement.setString(1, id), ApiKeyRows::row).stream()
                .findFirst();
    }

    /** Keys, the newest first, behind a number. */
    public List<ApiKeyRow> page(long after, int most) {
        return database.query(
                PAGE,
                statement -> {
                    statement.setLong(1, after);
                    statement.setInt(2, most);
                },
                ApiKeyRows::row);
    }

    /** Adds a key; false when its id exists already. */
    public boolean insert(NewRow key, Actor actor) {
        return noted(
                actor,
                Action.KEY_CREATE,
                key.id,
                connection -> Database.update(connection, INSERT, statement -> {
                    statement.setString(1, key.id);
                    statement.setString(2, key.owner);
                    statement.setBytes(3, key.hash);
                    statement.setString(4, key.scopes);
                    statement.setString(5, key.queues);
                    statement.setString(6, actor.keyId());
                    statement.setObject(
                            7,
                            key.expiresAt.map(at -> at.atOffset(ZoneOffset.UTC)).orElse(null));
                }));
    }

    /** Puts a key out of force; false when it is so already, or there is none. */
    public boolean revoke(String id, Actor actor) {
        return noted(
                actor,
                Action.KEY_REVOKE,
                id,
                connection -> Database.update(connection, REVOKE, statement -> statement.setString(1, id)));
    }

    /** Removes up to so many keys that have been out of force since before a moment; answers how many. */
    public int forget(Instant before, int most) {
        return database.update(FORGET, statement -> {
            statement.setObject(1, before.atOffset(ZoneOffset.UTC));
            statement.setInt(2, most);
        });
    }

    private boolean noted(Actor actor, Action action, String id, Database.Work<Integer> act) {
        return audit.noted(
                        actor,
                        action,
                        Target.key(id),
                        (Connection connection) -> act.run(connection) > 0 ? Optional.of(id) : Optional.empty())
                .isPresent();
    }

    private static ApiKeyRow row(ResultSet row) throws SQLException {
        return new ApiKeyRow(
                row.getLong("number"),
                new NewRow(
                        row.getString("id"),
                        row.getString("owner"),
                        row.getBytes("hash"),
                        row.getString("scopes"),
                        row.getString("queues"),
                        Columns.instant(row, "expires_at")),
                Columns.instant(row, "created_at").orElseThrow(),
                row.getString("created_by"),
                Columns.instant(row, "revoked_at"));
    }
}
