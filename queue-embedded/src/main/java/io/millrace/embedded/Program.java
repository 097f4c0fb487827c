package io.millrace.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server's program that was found and runs here.
 *
 * @param file the program
 * @param version what it calls itself, such as {@code 18.6}
 */
record Program(Path file, String version) {

    private static final Pattern VERSION = Pattern.compile("[0-9]+(\\.[0-9]+)+");
    private static final Duration LIMIT = Duration.ofSeconds(30);

    String majorVersion() {
        return version.substring(0, version.indexOf('.'));
    }

    /** The Redis program: the named one, else the bundled one, else the one on the PATH. */
    static Program redis(EmbeddedRedisConfig config) {
        if (config.binary().isPresent()) {
            return named("Redis", config.binary().get());
        }
        Platform platform = Platform.current();
        Optional<Path> bundled = new UnpackCache(config.cacheDir(), config.progress())
                .executable(platform.redisResource(), "redis-server");
        return firstThatRuns("Redis", "redis-server", platform, bundled);
    }

    /** The {@code postgres} program, with {@code initdb} beside it: the named one, else bundled, else on the PATH. */
    static Program postgres(EmbeddedPostgresConfig config) {
        Program program = findPostgres(config);
        if (!Files.isExecutable(program.initdb())) {
            throw new EmbeddedServerException("cannot use PostgreSQL at " + program.file()
                    + ": there is no initdb beside it. Name the folder that holds both.");
        }
        return program;
    }

    private static Program findPostgres(EmbeddedPostgresConfig config) {
        if (config.binDir().isPresent()) {
            return named("PostgreSQL", config.binDir().get().resolve("postgres"));
        }
        Platform platform = Platform.current();
        Optional<Path> bundled = new UnpackCache(config.cacheDir(), config.progress())
                .archive(platform.postgresResource(), "PostgreSQL")
                .map(folder -> folder.resolve("bin").resolve("postgres"));
        return firstThatRuns("PostgreSQL", "postgres", platform, bundled);
    }

    Path initdb() {
        return file.resolveSibling("initdb");
    }

    private static Program named(String server, Path file) {
        Command answer = askVersion(file);
        return read(file, answer)
                .orElseThrow(() -> new EmbeddedServerException("cannot run the " + server + " program named by the"
                        + " settings, " + file + ": " + answer.output() + ". Name another, or none to use the bundled"
                        + " one."));
    }

    private static Program firstThatRuns(String server, String name, Platform platform, Optional<Path> bundled) {
        List<String> tried = new ArrayList<>();
        if (bundled.isEmpty()) {
            tried.add("none is bundled for " + platform);
        }
        Optional<Path> onPath = Platform.onPath(name);
        for (Path file : Stream.concat(bundled.stream(), onPath.stream()).toList()) {
            Command answer = askVersion(file);
            Optional<Program> program = read(file, answer);
            if (program.isPresent()) {
                return program.get();
            }
            tried.add(file + " does not run here (" + answer.output() + ")");
        }
        if (onPath.isEmpty()) {
            tried.add("there is no " + name + " on the PATH");
        }
        throw new EmbeddedServerException("found no " + server + " to start: " + String.join("; ", tried) + ". Install "
                + server + " so that " + name + " is on the PATH, or name a running server in the settings.");
    }

    private static Command askVersion(Path file) {
        return Command.run(List.of(file.toString(), "--version"), Map.of(), LIMIT);
    }

    private static Optional<Program> read(Path file, Command answer) {
        Matcher version = VERSION.matcher(answer.output());
        return answer.succeeded() && version.find()
                ? Optional.of(new Program(file, version.group()))
                : Optional.empty();
    }
}
