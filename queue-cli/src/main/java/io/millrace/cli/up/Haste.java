package io.millrace.cli.up;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether patience has ended: switched on once, by a second Ctrl-C. Safe for any number of threads. */
final class Haste {

    private final CountDownLatch on = new CountDownLatch(1);

    void turnOn() {
        on.countDown();
    }

    boolean isOn() {
        return on.getCount() == 0;
    }

    /** Waits for haste, at most so long; whether it is on. */
    boolean await(long millis) throws InterruptedException {
        return on.await(millis, TimeUnit.MILLISECONDS);
    }
}
