package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process of the product, or a floor, in a JVM of its own with this JVM's class path. */
final class ChildJvm implements AutoCloseable {

    private static final long STOP_SECONDS = 90;

    private static final int LAST_LINES = 30;

    private final String name;
    private final Process process;
    private final Path log;

    private ChildJvm(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * What is started.
     *
     * @param name for messages and the log's name
     * @param mainClass what runs
     * @param options of the JVM
     * @param arguments of the program
     */
    record Program(String name, String mainClass, List<String> options, List<String> arguments) {

        Program {
            options = List.copyOf(options);
            arguments = List.copyOf(arguments);
        }
    }

    /** Starts it; whether it is ready is the caller's to find out. */
    static ChildJvm start(Program program, Map<String, String> environment, Path folder) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Dlogback.configurationFile=io/millrace/bench/logback-bench.xml");
        command.addAll(program.options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.mainClass));
        command.addAll(program.arguments);
        Files.createDirectories(folder);
        Path log = folder.resolve(program.name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ChildJvm(program.name, builder.start(), log);
    }

    long pid() {
        return process.pid();
    }

    /** @throws BenchException with the end of its log when it has ended */
    boolean lives() throws IOException {
        if (process.isAlive()) {
            return true;
        }
        List<String> lines = Files.readAllLines(log);
        throw new BenchException(name + " ended with " + process.exitValue() + ": "
                + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
