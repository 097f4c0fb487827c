package io.millrace.cli.up;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a JVM of ours is started from this one: the same Java, the same class path. The class path travels in the
 * environment, which keeps the command lines in a process list short.
 *
 * @param java the program
 * @param classPath where the classes are
 * @param archives the folder for archives of loaded classes, which make a start quicker; empty means none are kept
 * @param setsid the program that gives a process a session of its own, so that a terminal's Ctrl-C goes to us alone
 */
record JavaLaunch(Path java, String classPath, Optional<Path> archives, Optional<Path> setsid) {

    private static final String MAIN = "io.millrace.cli.Millrace";

    /** As this JVM was started. The property {@code millrace.archives} names the folder for archives. */
    static JavaLaunch likeThisOne(Map<String, String> environment) {
        return new JavaLaunch(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"),
                Optional.ofNullable(System.getProperty("millrace.archives"))
                        .map(Path::of)
                        .filter(JavaLaunch::usable),
                onPath(environment.getOrDefault("PATH", "")));
    }

    private static boolean usable(Path folder) {
        try {
            return Files.isWritable(Files.createDirectories(folder));
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> onPath(String path) {
        for (String folder : path.split(":", -1)) {
            Path file = Path.of(folder).resolve("setsid");
            if (!folder.isEmpty() && Files.isExecutable(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /**
     * The command line.
     *
     * @param command the command of {@code millrace} to run
     * @param keepsArchive whether this process writes the archive at its end; one of those that run the same command
     */
    List<String> command(String command, boolean keepsArchive) {
        List<String> line = new ArrayList<>();
        setsid.ifPresent(program -> line.add(program.toString()));
        line.add(java.toString());
        line.addAll(List.of("-Xms64m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError"));
        // The JVM says on stdout what it thinks of an archive that is absent or outdated; it then goes on without.
        line.addAll(List.of("-Xlog:disable", "-Xlog:all=error:stderr", "-Xlog:cds*=off:stderr"));
        archives.map(folder -> folder.resolve(command + ".jsa"))
                .filter(archive -> keepsArchive || Files.isRegularFile(archive))
                .ifPresent(archive -> {
                    line.add("-XX:SharedArchiveFile=" + archive);
                    if (keepsArchive) {
                        line.add("-XX:+AutoCreateSharedArchive");
                    }
                });
        line.addAll(List.of("-Djava.awt.headless=true", MAIN, command));
        return line;
    }
}
