package io.millrace.faults;

import io.millrace.faults.CrashPoint.Side;

/**
 * The order to be cut off. The first process whose count is full carries it out; the others pass.
 *
 * @param point where
 * @param side of the write there
 * @param act how
 * @param nth at which pass of a process, from 1
 */
record CrashOrder(CrashPoint point, Side side, Act act, int nth) {

    /** How a process is cut off. */
    enum Act {
        /** It is gone at once, with no hook and no last word. */
        HALT,
        /** The thread stops there and goes on when it is told to, as if nothing had been. */
        HANG
    }

    /** The name of the file that gives the order. */
    String fileName() {
        return String.join(".", point.name(), side.name(), act.name(), Integer.toString(nth));
    }

    static CrashOrder ofFileName(String name) {
        String[] parts = name.split("\\.", -1);
        return new CrashOrder(
                CrashPoint.valueOf(parts[0]),
                Side.valueOf(parts[1]),
                Act.valueOf(parts[2]),
                Integer.parseInt(parts[3]));
    }
}
