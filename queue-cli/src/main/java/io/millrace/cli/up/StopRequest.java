package io.millrace.cli.up;

/** Interrupts a thread once, when a stop is asked for, unless that thread is stopping by itself already. */
final class StopRequest {

    private final Thread thread;
    private boolean requested;
    private boolean disarmed;

    StopRequest(Thread thread) {
        this.thread = thread;
    }

    synchronized void request() {
        requested = true;
        if (!disarmed) {
            thread.interrupt();
        }
    }

    synchronized boolean isRequested() {
        return requested;
    }

    /** Called by the thread itself: from here on it is not interrupted, and an interrupt that is under way is cleared. */
    synchronized void disarm() {
        disarmed = true;
        if (Thread.interrupted()) {
            requested = true;
        }
    }
}
