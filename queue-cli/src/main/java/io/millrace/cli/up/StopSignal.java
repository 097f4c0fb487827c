package io.millrace.cli.up;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Takes Ctrl-C, SIGTERM and SIGHUP into our own hands, because a second Ctrl-C means something and a shutdown hook never
 * sees one. The class for this, {@code sun.misc.Signal}, is in every JDK but not in the platform's contract, so it is
 * reached by reflection.
 */
final class StopSignal {

    private static final List<String> NAMES = List.of("INT", "TERM", "HUP");

    private StopSignal() {}

    /** Calls {@code onSignal} with 1 for the first signal, 2 for the second, and so on, on a thread of the JVM. */
    static void install(IntConsumer onSignal) {
        var count = new AtomicInteger();
        try {
            for (String name : NAMES) {
                handle(name, () -> onSignal.accept(count.incrementAndGet()));
            }
        } catch (ReflectiveOperationException e) {
            throw UpException.failed("cannot take over the signals of this process: " + e, e);
        }
    }

    private static void handle(String name, Runnable arrived) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        MethodHandle run = MethodHandles.lookup()
                .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                .bindTo(arrived);
        Object react = MethodHandleProxies.asInterfaceInstance(handler, MethodHandles.dropArguments(run, 0, signal));
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), react);
    }
}
