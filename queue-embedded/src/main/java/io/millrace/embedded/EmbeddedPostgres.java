package io.millrace.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A running PostgreSQL on 127.0.0.1 with a password, without a Unix socket, and with fsync on. Safe for use by several
 * threads.
 *
 * <p>When the JVM dies without {@link #close}, PostgreSQL goes on; the next {@link #start} on the same folder stops it.
 */
public final class EmbeddedPostgres extends EmbeddedServer {

    private EmbeddedPostgres(Server server, String password, String version, Path log) {
        super(server, password, version, log);
    }

    /**
     * Starts PostgreSQL and returns when it accepts connections; a first start unpacks the program and creates the
     * database.
     *
     * @throws EmbeddedServerException when another owner has the folder, the port is taken, there is no program for
     *     this machine, the data is another version's, or the server ends at once; the message says which, and what
     *     to do
     */
    public static EmbeddedPostgres start(EmbeddedPostgresConfig config) {
        DataFolder folder = DataFolder.claim(config.dataDir(), PostgresLauncher.NAME);
        try {
            folder.stopSurvivor(PostgresLauncher.pidFile(folder), PostgresLauncher.ORDERLY, config.progress());
            Program program = Program.postgres(config);
            String password = password(folder);
            var launcher = new PostgresLauncher(config, folder, program);
            launcher.prepare();
            config.progress().accept("starting PostgreSQL " + program.version());
            Server server =
                    Server.start(PostgresLauncher.NAME, folder, config.port(), PostgresLauncher.ORDERLY, launcher);
            config.progress().accept("PostgreSQL " + program.version() + " answers on port " + server.port());
            return new EmbeddedPostgres(server, password, program.version(), folder.resolve("postgres.log"));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static String password(DataFolder folder) {
        if (Files.exists(PostgresLauncher.cluster(folder)) && !Files.exists(folder.passwordFile())) {
            throw new EmbeddedServerException("cannot use the database in " + folder + ": its password file "
                    + folder.passwordFile() + " is gone. Put it back, or name another data folder.");
        }
        return folder.password();
    }

    /**
     * Stops a server that a killed owner left running in this folder, and starts nothing.
     *
     * @param dataDir the folder
     * @param progress told when one is found
     * @throws EmbeddedServerException when the folder has a living owner, whose server is left alone
     */
    public static void stopLeftover(Path dataDir, Consumer<String> progress) {
        try (var folder = DataFolder.claim(dataDir.toAbsolutePath().normalize(), PostgresLauncher.NAME)) {
            folder.stopSurvivor(PostgresLauncher.pidFile(folder), PostgresLauncher.ORDERLY, progress);
        }
    }

    /** The superuser, {@code postgres}. */
    public String user() {
        return PostgresLauncher.USER;
    }

    /** The address of the database {@code postgres}, without user and password. */
    public String jdbcUrl() {
        return jdbcUrl("postgres");
    }

    /** The address of a database of this server, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /** Stops at once without a checkpoint (SIGQUIT), so that the next start recovers from the log; for tests. */
    public void stopImmediate() {
        server().stop(List.of(PostgresLauncher.IMMEDIATE));
    }
}
