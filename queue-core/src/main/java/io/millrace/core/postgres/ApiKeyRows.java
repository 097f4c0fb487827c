package io.millrace.core.postgres;

import java.util.Optional;

/** The API keys' rows: hashes, never the keys. */
public final class ApiKeyRows {

    private static final Sql FIND = new Sql(
            "find_api_key",
            "SELECT id, owner, hash, scopes FROM api_key WHERE id = ? AND revoked_at IS NULL"
                    + " AND (expires_at IS NULL OR expires_at > now())");
    private static final Sql INSERT = new Sql(
            "insert_api_key",
            "INSERT INTO api_key (id, owner, hash, scopes) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");

    private final Database database;

    /**
     * A key's row.
     *
     * @param id the part of the key that finds it
     * @param owner whose it is: the scope of idempotency keys
     * @param hash SHA-256 of the whole key
     * @param scopes joined by commas
     */
    public record ApiKeyRow(String id, String owner, byte[] hash, String scopes) {}

    /** @param database where the rows are */
    public ApiKeyRows(Database database) {
        this.database = database;
    }

    /** The key of this id, unless it is revoked or has expired. */
    public Optional<ApiKeyRow> find(String id) {
        return database
                .query(
                        FIND,
                        statement -> statement.setString(1, id),
                        row -> new ApiKeyRow(
                                row.getString("id"),
                                row.getString("owner"),
                                row.getBytes("hash"),
                                row.getString("scopes")))
                .stream()
                .findFirst();
    }

    /** Adds a key; false when its id exists already. */
    public boolean insert(ApiKeyRow key) {
        return database.update(INSERT, statement -> {
                    statement.setString(1, key.id);
                    statement.setString(2, key.owner);
                    statement.setBytes(3, key.hash);
                    statement.setString(4, key.scopes);
                })
                > 0;
    }
}
