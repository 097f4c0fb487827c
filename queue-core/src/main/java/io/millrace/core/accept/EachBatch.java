package io.millrace.core.accept;

import io.millrace.core.job.NewJob;
import io.millrace.core.job.StoreUnavailableException;
import io.millrace.core.postgres.AcceptRows.Candidate;
import io.millrace.core.postgres.AcceptRows.Winner;
import io.millrace.protocol.JobId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** A batch of jobs of which each stands for itself, on the way to its answers. For one thread, once. */
final class EachBatch {

    private final Stock stock;
    private final List<NewJob> jobs;
    private final Function<List<Candidate>, Set<JobId>> insert;
    private final Acceptance[] answers;
    private final List<Integer> open = new ArrayList<>();
    private final List<Candidate> accepted = new ArrayList<>();

    /** @param insert writes candidates, and answers those that won their keys */
    EachBatch(Stock stock, List<NewJob> jobs, Function<List<Candidate>, Set<JobId>> insert) {
        this.stock = stock;
        this.jobs = jobs;
        this.insert = insert;
        this.answers = new Acceptance[jobs.size()];
    }

    /** An answer for every job, in order. */
    List<Acceptance> commit() {
        for (int i = 0; i < jobs.size(); i++) {
            open.add(i);
        }
        refuseWithoutRoom();
        for (int round = 0; !open.isEmpty(); round++) {
            if (round == Stock.MOST_KEY_ROUNDS) {
                throw new StoreUnavailableException(
                        "A key changed hands too often",
                        new IllegalStateException("key still open after " + round + " rounds"));
            }
            insert();
            readKeys(open);
        }
        return Arrays.asList(answers);
    }

    /** Those that were accepted now. */
    List<Candidate> accepted() {
        return accepted;
    }

    /** Closes those that find no room, with the job of their key where that stands. */
    private void refuseWithoutRoom() {
        if (!stock.watch().isLimited()) {
            return;
        }
        Room room = new Room(stock.watch());
        Map<Integer, Acceptance> refused = new LinkedHashMap<>();
        for (int i : open) {
            room.take(jobs.get(i)).ifPresent(full -> refused.put(i, full));
        }
        readKeys(new ArrayList<>(refused.keySet()));
        refused.forEach((i, full) -> {
            if (answers[i] == null) {
                answers[i] = full;
            }
        });
        open.removeAll(refused.keySet());
    }

    /** Inserts the open jobs, only the first of each key, and closes those that won. */
    private void insert() {
        Map<Integer, Candidate> candidates = new HashMap<>();
        Set<List<String>> keys = new HashSet<>();
        Set<List<String>> uniques = new HashSet<>();
        for (int i : open) {
            NewJob job = jobs.get(i);
            if ((job.key().isEmpty() || keys.add(Stock.scoped(job.key().get())))
                    && (job.unique().isEmpty()
                            || uniques.add(Stock.scoped(job, job.unique().get())))) {
                candidates.put(i, stock.candidate(job));
            }
        }
        Set<JobId> won = insert.apply(open.stream()
                .filter(candidates::containsKey)
                .map(candidates::get)
                .toList());
        open.removeIf(i -> {
            Candidate candidate = candidates.get(i);
            if (candidate == null || !won.contains(candidate.id())) {
                return false;
            }
            answers[i] = Stock.accepted(candidate);
            accepted.add(candidate);
            return true;
        });
    }

    /** Reads, in new statements, who has the keys of some jobs, and closes those whose key stands for another job. */
    private void readKeys(List<Integer> some) {
        if (some.isEmpty()) {
            return;
        }
        Map<List<String>, Winner> winners =
                stock.winners(some.stream().map(jobs::get).toList());
        some.removeIf(i -> close(
                i,
                jobs.get(i)
                        .key()
                        .flatMap(key -> Optional.ofNullable(winners.get(Stock.scoped(key)))
                                .map(winner -> Stock.known(key, winner)))));
        Map<List<String>, JobId> holders =
                stock.holders(some.stream().map(jobs::get).toList());
        some.removeIf(i -> close(
                i,
                jobs.get(i)
                        .unique()
                        .flatMap(key -> Optional.ofNullable(holders.get(Stock.scoped(jobs.get(i), key)))
                                .map(holder -> Stock.taken(key, holder)))));
    }

    private boolean close(int i, Optional<Acceptance> answer) {
        answer.ifPresent(known -> answers[i] = known);
        return answer.isPresent();
    }
}
