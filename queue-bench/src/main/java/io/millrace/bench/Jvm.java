package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a JVM on this machine takes. */
final class Jvm {

    private static final double MEGA = 1 << 20;
    private static final double KILOS_A_MEGA = 1 << 10;

    /** The last line of a class histogram: instances and bytes of all that is reachable. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");

    private static final Pattern MOST_RESIDENT = Pattern.compile("(?m)^VmHWM:\\s+(\\d+) kB$");

    private Jvm() {}

    /** The heap that is in use after a full collection, in MB. The JVM stands still for it. */
    static double liveHeap(long pid) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String histogram = new String(process.getInputStream().readAllBytes(), UTF_8);
        return number(TOTAL, histogram) / MEGA;
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
