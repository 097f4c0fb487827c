package io.millrace.cli.up;

import io.millrace.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Makes the database and the role that the services use. The role is no superuser and owns nothing but the schema; all of
 * this may be repeated at every start.
 */
final class DatabaseOwner {

    static final String NAME = "millrace";

    private DatabaseOwner() {}

    /** @param password the role's; lower-case hexadecimal */
    static void prepare(EmbeddedPostgres postgres, String password) {
        try {
            try (Connection server = connect(postgres, "postgres")) {
                if (isAbsent(server, "SELECT 1 FROM pg_roles WHERE rolname = ?")) {
                    run(server, "CREATE ROLE " + NAME + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION");
                }
                run(server, "ALTER ROLE " + NAME + " PASSWORD '" + password + "'");
                if (isAbsent(server, "SELECT 1 FROM pg_database WHERE datname = ?")) {
                    run(server, "CREATE DATABASE " + NAME);
                }
                run(server, "REVOKE ALL ON DATABASE " + NAME + " FROM PUBLIC");
                run(server, "GRANT CONNECT ON DATABASE " + NAME + " TO " + NAME);
            }
            try (Connection database = connect(postgres, NAME)) {
                run(database, "ALTER SCHEMA public OWNER TO " + NAME);
            }
        } catch (SQLException e) {
            throw UpException.failed("cannot make the database " + NAME + " and its role: " + e.getMessage(), e);
        }
    }

    private static Connection connect(EmbeddedPostgres postgres, String database) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(database), postgres.user(), postgres.password());
    }

    private static boolean isAbsent(Connection connection, String question) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, NAME);
            try (var rows = statement.executeQuery()) {
                return !rows.next();
            }
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
