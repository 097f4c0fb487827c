package io.millrace.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * A database for a test.
 *
 * @param jdbcUrl its address, without user and password
 * @param user who may do anything in it
 * @param password that user's password
 */
public record TestDatabase(String jdbcUrl, String user, String password) {

    /** A new connection, which the caller closes. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, user, password);
    }

    /** Another database of the same server. */
    TestDatabase sibling(String name) {
        return new TestDatabase(jdbcUrl.substring(0, jdbcUrl.lastIndexOf('/') + 1) + name, user, password);
    }

    String name() {
        return jdbcUrl.substring(jdbcUrl.lastIndexOf('/') + 1);
    }
}
