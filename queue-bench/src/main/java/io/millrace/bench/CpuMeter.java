package io.millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads the processor time of processes from /proc. It tells 10 ms apart. Not safe for use by several threads.
 */
final class CpuMeter {

    private static final double TICKS_PER_SECOND = 100;

    /** Seconds of processor time a second at most, for caretakers that find nothing to do. */
    private static final double REST = 0.15;

    /** The sweeper looks at a job twelve seconds after its acceptance: it must have been seen to have nothing left. */
    private static final int REST_SECONDS = 15;

    /** Of the fields behind the command's name in /proc/pid/stat: utime, stime, and those of children that have ended. */
    private static final int UTIME = 11;

    private static final int STIME = 12;
    private static final int CSTIME = 14;

    private final Map<String, ProcessHandle> processes = new LinkedHashMap<>();
    private final Set<String> trees = new HashSet<>();
    private Map<String, Double> atStart = Map.of();

    /** Watches one more process. */
    CpuMeter watch(String name, long pid) {
        processes.put(name, ProcessHandle.of(pid).orElseThrow());
        return this;
    }

    /** Watches one more process with its children. */
    CpuMeter watchTree(String name, long pid) {
        trees.add(name);
        return watch(name, pid);
    }

    /** Counts from now on. */
    void start() {
        atStart = read();
    }

    /** Seconds by process since the start. */
    Map<String, Double> seconds() {
        Map<String, Double> spent = read();
        spent.replaceAll((name, now) -> now - atStart.getOrDefault(name, 0.0));
        return spent;
    }

    /**
     * Returns when all of them together have done next to nothing in each of fifteen seconds: what was asked of them has
     * been done.
     */
    void awaitRest() {
        AtomicInteger quiet = new AtomicInteger();
        Waiting.until("rest", () -> {
            start();
            Waiting.pause(Duration.ofSeconds(1));
            double spent =
                    seconds().values().stream().mapToDouble(Double::doubleValue).sum();
            quiet.set(spent < REST ? quiet.get() + 1 : 0);
            return quiet.get() == REST_SECONDS;
        });
    }

    private Map<String, Double> read() {
        Map<String, Double> now = new LinkedHashMap<>();
        processes.forEach((name, process) -> {
            boolean tree = trees.contains(name);
            double children = tree
                    ? process.descendants()
                            .mapToDouble(child -> ofProcess(child, CSTIME))
                            .sum()
                    : 0;
            now.put(name, ofProcess(process, tree ? CSTIME : STIME) + children);
        });
        return now;
    }

    private static double ofProcess(ProcessHandle process, int lastField) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double ticks = 0;
            for (int i = UTIME; i <= lastField; i++) {
                ticks += Long.parseLong(fields[i]);
            }
            return ticks / TICKS_PER_SECOND;
        } catch (IOException e) {
            // It has ended; its parent has its time now.
            return 0;
        }
    }
}
