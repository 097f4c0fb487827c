package io.millrace.faults;

import io.millrace.faults.CrashOrder.Act;
import io.millrace.faults.CrashPoint.Side;
import io.millrace.testkit.history.Stamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One crash point under load, both sides, one after the other: at one side a process is halted, at the other a thread
 * hangs and its process is frozen until its leases have run out, and then does its late write.
 */
final class CrashRun {

    private static final Duration WARM_UP = Duration.ofMillis(300);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration REST = Duration.ofSeconds(60);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final int WORK_MILLIS = 100;
    private static final int MOST_PASSES = 4;

    private final Rig rig;
    private final CrashDesk desk;
    private final CrashPoint point;
    private final RandomGenerator random;
    private final String keys;
    private final List<Hung> hung = new ArrayList<>();
    private final List<Struck> struck = new ArrayList<>();

    private record Hung(CrashOrder order, Node node, long pid, long thawNanos) {}

    /**
     * One side that was struck.
     *
     * @param order what was done
     * @param process to whom
     * @param at when
     */
    record Struck(CrashOrder order, String process, Stamp at) {}

    /** @param keys begins the keys of its jobs, and no others */
    CrashRun(Rig rig, CrashDesk desk, CrashPoint point, RandomGenerator random, String keys) {
        this.rig = rig;
        this.desk = desk;
        this.point = point;
        this.random = random;
        this.keys = keys;
    }

    /**
     * Strikes both sides and returns when everything is at rest.
     *
     * @param before what is done in front of the write; the other is done behind it
     */
    List<Struck> strike(Act before) {
        Load load = rig.load(
                () -> CrashProvoker.anyJob(random, WORK_MILLIS),
                rig.settings().flight().rate() / 2,
                keys + "load");
        CrashProvoker provoker = CrashProvoker.start(rig, point.provocation(), random, keys);
        try {
            Rig.pause(WARM_UP);
            strike(order(Side.BEFORE, before));
            strike(order(Side.AFTER, before == Act.HALT ? Act.HANG : Act.HALT));
            do {
                tend(null);
                Rig.pause(TICK);
            } while (!hung.isEmpty());
        } finally {
            provoker.close();
            load.close();
        }
        nodes().forEach(node -> {
            tend(null);
            node.awaitReady();
        });
        rig.awaitRest(REST);
        return struck;
    }

    private CrashOrder order(Side side, Act act) {
        boolean often = point.provocation() == CrashPoint.Provocation.LOAD;
        return new CrashOrder(point, side, act, often ? 1 + random.nextInt(MOST_PASSES) : 1);
    }

    private Stream<Node> nodes() {
        return Stream.concat(rig.apis().stream(), rig.workers().stream());
    }

    private void strike(CrashOrder order) {
        desk.clear(order);
        desk.give(order);
        long end = System.nanoTime() + PATIENCE.toNanos();
        OptionalLong pid = desk.whoArrived(order);
        while (pid.isEmpty()) {
            if (System.nanoTime() - end > 0 && desk.take(order)) {
                throw new AssertionError("nobody came by " + order);
            }
            tend(order);
            Rig.pause(TICK);
            pid = desk.whoArrived(order);
        }
        long victim = pid.getAsLong();
        synchronized (rig) {
            Node node = nodes().filter(each -> each.is(victim)).findFirst().orElseThrow();
            struck.add(new Struck(order, node.name(), cutOff(order, node, victim)));
        }
    }

    private Stamp cutOff(CrashOrder order, Node node, long pid) {
        if (order.act() == Act.HALT) {
            node.awaitEnd(Duration.ofSeconds(10));
            return node.noteDeath();
        }
        long thaw = System.nanoTime() + rig.settings().lease().plusSeconds(2).toNanos();
        hung.add(new Hung(order, node, pid, thaw));
        return node.freeze();
    }

    /** Starts whoever is dead, except by this order, and thaws who was frozen long enough. */
    private void tend(@Nullable CrashOrder open) {
        synchronized (rig) {
            nodes().filter(node -> !node.isAlive())
                    .filter(node ->
                            open == null || desk.whoArrived(open).stream().noneMatch(node::is))
                    .forEach(Node::start);
            hung.removeIf(each -> {
                if (each.node.is(each.pid) && System.nanoTime() - each.thawNanos < 0) {
                    return false;
                }
                desk.release(each.order);
                if (each.node.is(each.pid)) {
                    each.node.thaw();
                }
                return true;
            });
        }
    }
}
