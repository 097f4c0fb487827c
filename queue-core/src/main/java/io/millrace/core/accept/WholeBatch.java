package io.millrace.core.accept;

import io.millrace.core.job.IdempotencyKey;
import io.millrace.core.job.NewJob;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.postgres.AcceptRows.Candidate;
import io.millrace.core.postgres.AcceptRows.Winner;
import io.millrace.protocol.JobId;
import io.millrace.protocol.OnConflict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Jobs that stand and fall together, on the way to their answer. What is known of their keys is looked at first, so that
 * everything that is in the way is told at once; then what is to be made is written by one statement that makes all or
 * nothing. Where it makes nothing, somebody has taken a key meanwhile, and it begins anew. For one thread, once.
 */
final class WholeBatch {

    private final Stock stock;
    private final List<NewJob> jobs;

    /** What is found out in one round. */
    private final SortedMap<Integer, WholeAcceptance.Refusal> refusals = new TreeMap<>();

    private final Map<Integer, Acceptance> known = new HashMap<>();
    private final SortedMap<Integer, Candidate> candidates = new TreeMap<>();

    /** The places of items that repeat the request of another, to the place of that one. */
    private final Map<Integer, Integer> repeats = new HashMap<>();

    /** The places of items that want the job of another, to the place of that one. */
    private final Map<Integer, Integer> sharers = new HashMap<>();

    private final Map<List<String>, Integer> keys = new HashMap<>();
    private final Map<List<String>, Integer> uniques = new HashMap<>();

    WholeBatch(Stock stock, List<NewJob> jobs) {
        this.stock = stock;
        this.jobs = jobs;
    }

    WholeAcceptance commit() {
        for (int round = 0; round < Stock.MOST_KEY_ROUNDS; round++) {
            judge();
            if (!refusals.isEmpty()) {
                return new WholeAcceptance.Refused(refusals);
            }
            if (candidates.isEmpty() || stock.rows().insertWhole(List.copyOf(candidates.values()))) {
                return new WholeAcceptance.Accepted(answers());
            }
        }
        throw new StoreUnavailableException(
                "A key changed hands too often", new IllegalStateException("keys of a whole batch still open"));
    }

    /** Those that were accepted now. */
    List<Candidate> accepted() {
        return refusals.isEmpty() ? List.copyOf(candidates.values()) : List.of();
    }

    private void judge() {
        refusals.clear();
        known.clear();
        candidates.clear();
        repeats.clear();
        sharers.clear();
        keys.clear();
        uniques.clear();
        Map<List<String>, Winner> winners = stock.winners(jobs);
        Map<List<String>, JobId> holders = stock.holders(jobs);
        Optional<Room> room = stock.watch().isLimited() ? Optional.of(new Room(stock.watch())) : Optional.empty();
        for (int i = 0; i < jobs.size(); i++) {
            NewJob job = jobs.get(i);
            if (isSettledByKey(i, job, winners) || isSettledByUnique(i, job, holders)) {
                continue;
            }
            Optional<Acceptance.BacklogFull> full = room.flatMap(left -> left.take(job));
            if (full.isPresent()) {
                refusals.put(i, new WholeAcceptance.ByStore(full.get()));
            } else {
                candidates.put(i, stock.candidate(job));
            }
        }
    }

    private boolean isSettledByKey(int i, NewJob job, Map<List<String>, Winner> winners) {
        if (job.key().isEmpty()) {
            return false;
        }
        IdempotencyKey key = job.key().get();
        Winner winner = winners.get(Stock.scoped(key));
        if (winner != null) {
            settle(i, Stock.known(key, winner));
            return true;
        }
        Integer first = keys.putIfAbsent(Stock.scoped(key), i);
        if (first == null) {
            return false;
        }
        if (jobs.get(first).key().orElseThrow().sameRequest(key.fingerprint())) {
            repeats.put(i, first);
        } else {
            refusals.put(i, new WholeAcceptance.KeyTwice(first));
        }
        return true;
    }

    private boolean isSettledByUnique(int i, NewJob job, Map<List<String>, JobId> holders) {
        if (job.unique().isEmpty()) {
            return false;
        }
        UniqueKey key = job.unique().get();
        JobId holder = holders.get(Stock.scoped(job, key));
        if (holder != null) {
            settle(i, Stock.taken(key, holder));
            return true;
        }
        Integer first = uniques.putIfAbsent(Stock.scoped(job, key), i);
        if (first == null) {
            return false;
        }
        if (key.onConflict() == OnConflict.RETURN) {
            sharers.put(i, first);
        } else {
            refusals.put(i, new WholeAcceptance.UniqueKeyTwice(first));
        }
        return true;
    }

    private void settle(int i, Acceptance answer) {
        if (answer instanceof Acceptance.Refused refused) {
            refusals.put(i, new WholeAcceptance.ByStore(refused));
        } else {
            known.put(i, answer);
        }
    }

    /** In order, so that the answer to the item that another one refers to is there already. */
    private List<Acceptance> answers() {
        List<Acceptance> answers = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            Candidate candidate = candidates.get(i);
            Integer repeated = repeats.get(i);
            Integer shared = sharers.get(i);
            if (candidate != null) {
                answers.add(Stock.accepted(candidate));
            } else if (repeated != null) {
                answers.add(again(answers.get(repeated)));
            } else if (shared != null) {
                answers.add(new Acceptance.Existing(idOf(answers.get(shared)), false, false, Optional.empty()));
            } else {
                answers.add(Objects.requireNonNull(known.get(i)));
            }
        }
        return answers;
    }

    /** The answer to a request that is repeated, when it comes again. */
    private static Acceptance again(Acceptance answer) {
        return answer instanceof Acceptance.Accepted accepted
                ? new Acceptance.Replayed(
                        accepted.id(), accepted.runAt(), accepted.keyEnds().orElseThrow())
                : answer;
    }

    private static JobId idOf(Acceptance answer) {
        return switch (answer) {
            case Acceptance.Accepted accepted -> accepted.id();
            case Acceptance.Existing existing -> existing.id();
            default -> throw new IllegalStateException("no unique key was taken by " + answer);
        };
    }
}
