package io.millrace.cli.up;

import io.millrace.core.thread.NamedThreads;
import io.millrace.worker.email.MailSink;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Everything that runs, from its start to its end. One thread starts and closes it; keepers restart parts on threads of
 * their own.
 *
 * <p>Order of the stop: the keepers let go, the API stops accepting, the workers finish or hand back what they have, the
 * mail sink, Redis and PostgreSQL follow. A failure in between does not keep the rest from being stopped.
 */
final class Platform implements AutoCloseable {

    private final UpConfig config;
    private final DataHome home;
    private final Console console;
    private final Haste haste;
    private final Stores stores;
    private final Services services;
    private final List<Keeper> keepers = new ArrayList<>();
    private @Nullable MailSink mailSink;
    private String url = "";

    Platform(UpConfig config, DataHome home, Console console, Haste haste) {
        this.config = config;
        this.home = home;
        this.console = console;
        this.haste = haste;
        this.stores = new Stores(config, home, console);
        this.services = new Services(config, home, JavaLaunch.likeThisOne(config.environment()));
    }

    /** Starts everything and returns when the API and all workers are ready. */
    void start() throws InterruptedException {
        Survivors.clear(home, console);
        stores.start();
        record();
        var settings = new ServiceSettings(config.environment());
        stores.address(settings);
        if (!config.gives("MILLRACE_API_KEY")) {
            settings.setFile("MILLRACE_API_KEY", home.apiKeyFile());
        }
        if (!config.gives("MILLRACE_SMTP_URL")) {
            settings.set(
                    "MILLRACE_SMTP_URL", "smtp://127.0.0.1:" + startMailSink().port());
        }
        console.progress("starting the API and " + config.workers() + " worker" + (config.workers() == 1 ? "" : "s")
                + ", a process each");
        services.launch(settings);
        record();
        url = services.awaitReady().replace("//0.0.0.0:", "//127.0.0.1:");
        record();
        for (Part part : parts()) {
            keepers.add(new Keeper(part, console, NamedThreads.platform("keeper-" + part.name()), this::record));
        }
        keepers.forEach(Keeper::start);
    }

    private MailSink startMailSink() {
        try {
            mailSink = MailSink.start(home.mail(), 0);
            return mailSink;
        } catch (IOException e) {
            throw UpException.failed("cannot start the mail sink: " + e, e);
        }
    }

    private synchronized void record() {
        current().write(home.runFile());
    }

    /** What runs now. */
    RunRecord current() {
        return new RunRecord(
                ProcessHandle.current().pid(),
                url,
                url + "/dashboard",
                home.root().toString(),
                parts().stream().map(Part::record).toList());
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>(services.parts());
        parts.addAll(stores.parts());
        return parts;
    }

    @Override
    public void close() {
        keepers.forEach(Keeper::retire);
        keepers.forEach(Keeper::close);
        List<Part> api = services.parts().stream().limit(1).toList();
        List<Part> workers = services.parts().stream().skip(1).toList();
        stopAll(api);
        stopAll(workers);
        if (mailSink != null) {
            try {
                mailSink.close();
            } catch (IOException e) {
                console.trouble("the mail sink did not stop in order: " + e);
            }
        }
        stores.parts().forEach(part -> stopAll(List.of(part)));
        try {
            Files.deleteIfExists(home.runFile());
        } catch (IOException e) {
            console.trouble("cannot delete " + home.runFile() + ": " + e);
        }
    }

    /** Stops parts at the same time and returns when all are gone. */
    private void stopAll(List<Part> parts) {
        if (parts.isEmpty()) {
            return;
        }
        console.progress(
                "stopping " + String.join(", ", parts.stream().map(Part::name).toList()));
        try (ExecutorService pool = NamedThreads.pool("stop", parts.size())) {
            for (Part part : parts) {
                pool.execute(() -> {
                    try {
                        part.stop(haste);
                    } catch (RuntimeException e) {
                        console.trouble(part.name() + " did not stop in order: " + e.getMessage());
                    }
                });
            }
        }
    }
}
