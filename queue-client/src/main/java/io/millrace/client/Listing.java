package io.millrace.client;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A list that asks for its next page when the one before is used up. For one thread.
 *
 * @param <T> what is listed
 */
final class Listing<T> implements Iterator<T> {

    /** The most entries in one page of any list. */
    static final int LARGEST_PAGE = 200;

    private final Pages<T> pages;
    private final int pageLimit;
    private final Queue<T> page = new ArrayDeque<>();
    private @Nullable String cursor;
    private long left;
    private boolean ended;

    /**
     * Where pages come from.
     *
     * @param <T> what is listed
     */
    interface Pages<T> {

        /**
         * Asks for a page.
         *
         * @param cursor where the page before ended; null for the first
         * @param limit how many entries it has at most; 0 leaves it to the service
         */
        CompletableFuture<Part<T>> ask(@Nullable String cursor, int limit);
    }

    /**
     * A page.
     *
     * @param entries what it has, in order
     * @param next leads to the next; empty at the end of the list
     */
    record Part<T>(List<T> entries, Optional<String> next) {}

    private Listing(Pages<T> pages, OptionalLong limit) {
        this.pages = pages;
        this.pageLimit = pageLimit(limit);
        this.left = limit.orElse(Long.MAX_VALUE);
    }

    /** The entries of all pages, up to a limit. */
    static <T> Stream<T> stream(Pages<T> pages, OptionalLong limit) {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(
                () -> Spliterators.spliteratorUnknownSize(new Listing<>(pages, limit), traits), traits, false);
    }

    /** How many entries one page of a list with this limit has at most; 0 leaves it to the service. */
    static int pageLimit(OptionalLong limit) {
        return (int) Math.min(limit.orElse(0), LARGEST_PAGE);
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !ended && left > 0) {
            Part<T> next = Waiting.on(pages.ask(cursor, (int) Math.min(left, pageLimit)));
            page.addAll(next.entries());
            cursor = next.next().orElse(null);
            ended = cursor == null;
        }
        return left > 0 && !page.isEmpty();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the list is at its end");
        }
        left--;
        return page.remove();
    }
}
