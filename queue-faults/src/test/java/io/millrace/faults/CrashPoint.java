package io.millrace.faults;

/**
 * The places between two writes at which a process may be cut off: every step of the order of writes, as the table in
 * the architecture page gives it. Each place is a method that does one write; it can be struck before and after.
 */
enum CrashPoint {
    ACCEPT_ROWS("before the commit", "commit → 202", "postgres.AcceptRows.insert/1", "", Provocation.LOAD),
    ACCEPT_PUSH("202 → push", "after the push", "redis.QueueIndex.push/4", ", ACCEPT, ", Provocation.LOAD),

    CLAIM_SCRIPT(
            "before the script", "script → rows", "redis.QueueIndex.claim/4", "=>entries=[Entry", Provocation.LOAD),
    CLAIM_ROWS("script → rows", "rows → start", "postgres.RunRows.read/2", "Entry[", Provocation.LOAD),
    CLAIM_BEGIN("rows → start", "after the start", "lease.Lease.begin/1", "", Provocation.LOAD),
    CLAIM_NOTE("rows → note", "note → start", "postgres.RunRows.noteBegun/1", "", Provocation.EXPIRY),

    SUCCEED_ROW("before the row", "row → settle", "postgres.RunRows.recordSuccesses/1", "", Provocation.LOAD),
    SUCCEED_SETTLE(
            "row → settle",
            "after the settle",
            "finish.Finisher.settle/2",
            "ended=true, failed=false",
            Provocation.LOAD),

    FAIL_ROW("before the row", "row → settle", "postgres.RunRows.recordFailures/1", "Retried[", Provocation.LOAD),
    FAIL_SETTLE(
            "row → settle",
            "after the settle",
            "finish.Finisher.settle/2",
            "ended=false, failed=true",
            Provocation.LOAD),
    DIE_ROW("before the row", "row → settle", "postgres.RunRows.recordFailures/1", "Died[", Provocation.LOAD),
    DIE_SETTLE(
            "row → settle",
            "after the settle",
            "finish.Finisher.settle/2",
            "ended=true, failed=true",
            Provocation.LOAD),

    HAND_BACK_ROW(
            "before the row", "row → lease", "postgres.RunRows.recordFailures/1", "HandedBack[", Provocation.LOAD),
    HAND_BACK_SETTLE(
            "row → lease",
            "after the lease",
            "finish.Finisher.settle/2",
            "ended=false, failed=false",
            Provocation.LOAD),
    HAND_BACK_UNBEGUN(
            "before the lease",
            "after the lease",
            "dispatch.Dispatcher.settle/3",
            "follower=IndexedJob",
            Provocation.DRAIN),

    REAP_TAKE("before the take", "take → raise", "redis.QueueIndex.reap/3", "=>Reaped[", Provocation.DEATH),
    REAP_RAISE("take → raise", "raise → push", "postgres.UpkeepRows.raise/2", "", Provocation.DEATH),
    REAP_PUSH("raise → push", "after the push", "redis.QueueIndex.settle/5", "holder=-", Provocation.DEATH),

    CANCEL_NOTE("before the note", "note → withdraw", "postgres.JobQueries.requestCancel/2", "", Provocation.CANCEL),
    CANCEL_WITHDRAW("note → withdraw", "withdraw → row", "redis.QueueIndex.withdraw/3", "", Provocation.CANCEL),
    CANCEL_ROW("withdraw → row", "after the row", "postgres.JobQueries.cancelUnheld/1", "", Provocation.CANCEL),
    CANCEL_OUTCOME(
            "before the row", "row → settle", "postgres.RunRows.recordFailures/1", "Cancelled[", Provocation.CANCEL),

    EDIT_HOLD("before the lease", "lease → row", "redis.QueueIndex.hold/3", "", Provocation.EDIT),
    EDIT_ROW("lease → row", "row → push", "postgres.JobEditRows.editWaiting/3", "", Provocation.EDIT),
    EDIT_PUSH("row → push", "after the push", "redis.QueueIndex.settle/5", "holder=-held,", Provocation.EDIT),

    EXPIRE_RETRACT("before the index", "index → row", "redis.QueueIndex.retract/4", ", false, ", Provocation.EXPIRY),
    EXPIRE_ROW("index → row", "after the row", "postgres.UpkeepRows.expire/1", "", Provocation.EXPIRY),

    REDRIVE_ROW("before the row", "row → push", "postgres.JobQueries.redrive/2", "", Provocation.REDRIVE),
    REDRIVE_PUSH("row → push", "after the push", "redis.QueueIndex.push/4", ", OPERATOR, ", Provocation.REDRIVE),

    PROMOTE_PUSH("before the push", "after the push", "redis.QueueIndex.push/4", ", CARETAKER, ", Provocation.LATER),

    EPOCH_NUMBER("before step 1", "step 1 → step 2", "postgres.QueueRows.raiseEpoch/1", "", Provocation.FLUSH),
    EPOCH_OPEN("step 1 → step 2", "step 2 → step 4", "redis.Epochs.open/2", "", Provocation.FLUSH),
    EPOCH_ADOPT("step 2 → step 4", "step 4 → step 5", "redis.QueueIndex.adopt/4", ", true, ", Provocation.FLUSH),
    EPOCH_MARK("step 4 → step 5", "after step 5", "redis.Epochs.markRebuilt/2", "", Provocation.FLUSH),
    EPOCH_REGISTER(
            "step 2 → registration",
            "registration → run",
            "redis.QueueIndex.register/3",
            "Held[",
            Provocation.FLUSH_BENEATH),

    SWEEP_ADOPT("before the lease", "lease → cursor", "redis.QueueIndex.adopt/4", ", false, ", Provocation.ABSENCE),
    SWEEP_CURSOR("lease → cursor", "after the cursor", "postgres.UpkeepRows.moveCursor/2", "", Provocation.ABSENCE);

    private static final String PACKAGE = "io.millrace.core.";

    /** The condition is one on what the method answered, so that it holds for the side behind it alone. */
    private static final String ON_ANSWER = "=>";

    private final String before;
    private final String after;
    private final String place;
    private final String condition;
    private final Provocation provocation;

    /** On which side of the write. */
    enum Side {
        BEFORE,
        AFTER
    }

    /** What it takes, beside the load, until somebody comes by. */
    enum Provocation {
        /** Nothing. */
        LOAD,
        /** A worker is told to stop while jobs wait in it for a core. */
        DRAIN,
        /** A worker dies with what it holds. */
        DEATH,
        /** Somebody cancels. */
        CANCEL,
        /** Somebody changes a job that waits. */
        EDIT,
        /** Jobs have a deadline for their start; nobody begins some of them by then. */
        EXPIRY,
        /** Somebody redrives. */
        REDRIVE,
        /** Jobs of a far time come near, and a process looks for the first time. */
        LATER,
        /** Redis loses everything. */
        FLUSH,
        /** Redis loses everything beneath jobs that run for so long that their leases have to be renewed. */
        FLUSH_BENEATH,
        /** The index loses what waits for a time. */
        ABSENCE
    }

    CrashPoint(String before, String after, String place, String condition, Provocation provocation) {
        this.before = before;
        this.after = after;
        this.place = place;
        this.condition = condition;
        this.provocation = provocation;
    }

    /** What the side lies between. */
    String gap(Side side) {
        return side == Side.BEFORE ? before : after;
    }

    Provocation provocation() {
        return provocation;
    }

    String className() {
        return PACKAGE + place.substring(0, place.lastIndexOf('.'));
    }

    String methodName() {
        return place.substring(place.lastIndexOf('.') + 1, place.indexOf('/'));
    }

    int parameters() {
        return Integer.parseInt(place.substring(place.indexOf('/') + 1));
    }

    /** Whether this call of the method is the one meant. */
    boolean isMeant(Side side, String arguments, String answer) {
        if (condition.startsWith(ON_ANSWER)) {
            return side == Side.BEFORE || answer.contains(condition.substring(ON_ANSWER.length()));
        }
        return arguments.contains(condition);
    }
}
