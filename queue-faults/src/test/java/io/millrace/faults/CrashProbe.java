package io.millrace.faults;

import io.millrace.faults.CrashPoint.Side;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What woven methods call. It looks through the open orders and carries one out. Public, because the call stands in the
 * product's classes, of one process of an experiment and nowhere else.
 */
public final class CrashProbe {

    private static final int HALTED = 87;
    private static final Duration LOOK_EVERY = Duration.ofMillis(20);

    /** The other threads go on for a moment: an answer that did not wait for this thread is on its way. */
    private static final Duration LINGER = Duration.ofMillis(50);

    private static final AtomicReference<@Nullable CrashProbe> OF_THIS_PROCESS = new AtomicReference<>();

    private final CrashDesk desk;
    private final Map<CrashOrder, Integer> passes = new ConcurrentHashMap<>();
    private volatile List<CrashOrder> open = List.of();

    private CrashProbe(CrashDesk desk) {
        this.desk = desk;
    }

    static void install(CrashDesk desk) {
        CrashProbe probe = new CrashProbe(desk);
        Thread.ofPlatform().daemon().name("crash-orders").start(probe::look);
        OF_THIS_PROCESS.set(probe);
    }

    private void look() {
        while (!Thread.currentThread().isInterrupted()) {
            open = desk.open();
            passes.keySet().retainAll(open);
            LockSupport.parkNanos(LOOK_EVERY.toNanos());
        }
    }

    /**
     * A thread passes.
     *
     * @param place the method's class and name
     * @param after whether its write is done
     * @param answer of the method; null before it
     */
    public static void pass(String place, boolean after, @Nullable Object[] arguments, @Nullable Object answer) {
        CrashProbe probe = OF_THIS_PROCESS.get();
        if (probe != null && !probe.open.isEmpty()) {
            probe.pass(place, after ? Side.AFTER : Side.BEFORE, arguments, answer);
        }
    }

    private void pass(String place, Side side, @Nullable Object[] arguments, @Nullable Object answer) {
        for (CrashOrder order : open) {
            CrashPoint point = order.point();
            if (order.side() == side
                    && point.parameters() == arguments.length
                    && place.equals(point.className() + "." + point.methodName())
                    && point.isMeant(side, Arrays.asList(arguments).toString(), String.valueOf(answer))
                    && passes.merge(order, 1, Integer::sum) >= order.nth()
                    && desk.take(order)) {
                carryOut(order);
            }
        }
    }

    private void carryOut(CrashOrder order) {
        desk.arrived(order, ProcessHandle.current().pid());
        switch (order.act()) {
            case HALT -> {
                Rig.pause(LINGER);
                Runtime.getRuntime().halt(HALTED);
            }
            case HANG -> {
                while (!desk.isReleased(order)) {
                    Rig.pause(LOOK_EVERY);
                }
            }
        }
    }
}
