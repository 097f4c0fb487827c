package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM on this machine takes. */
final class Jvm {

    private static final long LONGEST_SECONDS = 60;
    private static final double MEGA = 1 << 20;
    private static final double KILOS_A_MEGA = 1 << 10;

    /** The last line of a class histogram: instances and bytes of all that is reachable. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");

    private static final Pattern MOST_RESIDENT = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB$");

    private Jvm() {}

    /**
     * The heap that is in use after a full collection, in MB. The JVM stands still for it, until all is written: to a file,
     * since a reader might be standing still too.
     */
    static double liveHeap(long pid) throws IOException {
        Path histogram = Files.createTempFile("millrace-bench", ".histogram");
        try {
            String jcmd =
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
            Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .redirectOutput(histogram.toFile())
                    .start();
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new BenchException(
                        "the heap of process " + pid + " was not told within " + LONGEST_SECONDS + " s");
            }
            return number(TOTAL, Files.readString(histogram)) / MEGA;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted while looking at the heap of process " + pid, e);
        } finally {
            Files.delete(histogram);
        }
    }

    /** The most memory it ever took, heap and all, in MB. */
    static double mostResident(long pid) throws IOException {
        String status = Files.readString(Path.of("/proc", Long.toString(pid), "status"));
        return number(MOST_RESIDENT, status) / KILOS_A_MEGA;
    }

    private static double number(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new BenchException("no memory figure in: " + text);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
