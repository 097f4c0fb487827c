package io.millrace.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A JVM of its own that starts a server, prints its process id and address, and closes it when its input ends. */
final class Holder implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private Holder(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Holder start(String kind, Path data) throws IOException {
        return new Holder(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        kind,
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** "server", the server's process id, its address, its password. */
    String[] awaitServer() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("the holder ended without a word");
        }
        return line.split(" ", -1);
    }

    long pid() {
        return process.pid();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Lets it close its server and end. */
    void finish() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IOException("the holder did not end");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The other JVM. */
    public static void main(String[] arguments) throws IOException {
        Path data = Path.of(arguments[1]);
        if (arguments[0].equals("redis")) {
            try (var redis = EmbeddedRedis.start(EmbeddedRedisConfig.in(data, TestCache.folder()))) {
                announce(redis.pid(), redis.uri(), redis.password());
            }
        } else {
            try (var postgres = EmbeddedPostgres.start(EmbeddedPostgresConfig.in(data, TestCache.folder()))) {
                announce(postgres.pid(), postgres.jdbcUrl(), postgres.password());
            }
        }
    }

    private static void announce(long pid, String address, String password) throws IOException {
        System.out.println("server " + pid + " " + address + " " + password);
        System.in.readAllBytes();
    }
}
