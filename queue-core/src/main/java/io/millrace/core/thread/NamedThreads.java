package io.millrace.core.thread;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Makes every thread of the engine and of the worker. */
public final class NamedThreads {

    private NamedThreads() {}

    /** Daemon platform threads called {@code name-0}, {@code name-1}, … */
    public static ThreadFactory platform(String name) {
        return Thread.ofPlatform().daemon().name(name + "-", 0).factory();
    }

    /** Virtual threads called {@code name-0}, {@code name-1}, … */
    public static ThreadFactory virtual(String name) {
        return Thread.ofVirtual().name(name + "-", 0).factory();
    }

    /** So many platform threads, and any number of waiting tasks; the number of threads may be changed. */
    public static ThreadPoolExecutor pool(String name, int threads) {
        return new ThreadPoolExecutor(
                threads, Integer.MAX_VALUE, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), platform(name));
    }

    /** As many platform threads as there are tasks at once; an idle one serves the next task, or ends. */
    public static ExecutorService reused(String name) {
        return Executors.newCachedThreadPool(platform(name));
    }

    /** A platform thread for each task. */
    public static ExecutorService platformPerTask(String name) {
        return Executors.newThreadPerTaskExecutor(platform(name));
    }

    /** A virtual thread for each task. */
    public static ExecutorService virtualPerTask(String name) {
        return Executors.newThreadPerTaskExecutor(virtual(name));
    }
}
