package io.millrace.testkit;

import java.sql.SQLException;
import java.util.UUID;

/** Databases on the JVM's one PostgreSQL; the first call starts it. Safe for use by several threads. */
public final class TestPostgres {

    private TestPostgres() {}

    /** A new, empty database; it goes when the JVM ends. */
    public static TestDatabase freshDatabase() {
        return create("template0");
    }

    /**
     * A new database with the content of another one of this server, which is quicker than to prepare it again.
     *
     * @param template the database to copy; nobody may be connected to it
     */
    public static TestDatabase copyOf(TestDatabase template) {
        return create(template.name());
    }

    private static TestDatabase create(String template) {
        TestDatabase server = TestServers.postgres();
        String name = "t" + UUID.randomUUID().toString().replace("-", "");
        try (var connection = server.connect();
                var statement = connection.createStatement()) {
            statement.execute("create database " + name + " template " + template);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create a test database from " + template + ": " + e, e);
        }
        return server.sibling(name);
    }
}
