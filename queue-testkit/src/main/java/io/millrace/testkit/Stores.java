package io.millrace.testkit;

/**
 * A database and a space in Redis for one test class.
 *
 * @param jdbcUrl the database's address, without user and password
 * @param user who may do anything in the database
 * @param password that user's password
 * @param redisUri the address of Redis, password included
 * @param keyPrefix the prefix for every key
 */
public record Stores(String jdbcUrl, String user, String password, String redisUri, String keyPrefix) {

    /** A new, empty database and a prefix of its own; starts both servers side by side when they do not run yet. */
    public static Stores fresh() {
        TestServers.startBoth();
        TestDatabase database = TestPostgres.freshDatabase();
        return new Stores(
                database.jdbcUrl(), database.user(), database.password(), TestRedis.uri(), TestRedis.freshPrefix());
    }

    /** The database alone. */
    public TestDatabase database() {
        return new TestDatabase(jdbcUrl, user, password);
    }
}
