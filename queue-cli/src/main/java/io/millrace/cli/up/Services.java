package io.millrace.cli.up;

import io.millrace.protocol.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The API and the workers. For one thread. */
final class Services {

    private static final String HEALTH_PORT = "MILLRACE_WORKER_HEALTH_PORT";
    private static final Duration API_GRACE = Duration.ofSeconds(30);
    private static final Duration DEFAULT_WORKER_GRACE = Duration.ofSeconds(20);
    private static final Duration AFTER_GRACE = Duration.ofSeconds(10);

    private final UpConfig config;
    private final DataHome home;
    private final JavaLaunch java;
    private final List<JvmPart> parts = new ArrayList<>();

    Services(UpConfig config, DataHome home, JavaLaunch java) {
        this.config = config;
        this.home = home;
        this.java = java;
    }

    /** Starts all processes, without waiting until they are ready. */
    void launch(ServiceSettings common) {
        common.set("CLASSPATH", java.classPath());
        common.set("MILLRACE_EXIT_WITH_PARENT", "true");
        common.set("MILLRACE_ARTIFACTS_DIR", home.artifacts().toString());
        common.set("MILLRACE_DIAGNOSTICS", Boolean.toString(config.diagnostics()));
        common.set("MILLRACE_DIAGNOSTICS_DIR", home.diagnostics().toString());
        var api = new JvmPart.Launch(java, JvmPart.API, true, "millrace api ready on ", API_GRACE);
        ServiceSettings apiSettings = common.copy()
                .set("MILLRACE_API_HOST", config.apiHost())
                .set("MILLRACE_API_PORT", Integer.toString(config.port()));
        parts.add(JvmPart.launch(JvmPart.API, api, apiSettings.environment(), home.log(JvmPart.API)));
        for (int i = 1; i <= config.workers(); i++) {
            var worker = new JvmPart.Launch(java, JvmPart.WORKER, i == 1, "millrace worker ready: ", workerGrace());
            ServiceSettings settings = common.copy();
            if (config.workers() > 1 && config.gives(HEALTH_PORT)) {
                // Several workers on one machine cannot share a port.
                settings.set(HEALTH_PORT, "0");
            }
            config.queues().ifPresent(queues -> settings.set("MILLRACE_WORKER_QUEUES", queues));
            String name = JvmPart.WORKER + "-" + i;
            parts.add(JvmPart.launch(name, worker, settings.environment(), home.log(name)));
        }
    }

    /** A worker takes its own grace to finish what it has begun, and then a moment to hand the rest back. */
    private Duration workerGrace() {
        return config.setting("MILLRACE_WORKER_GRACE")
                .flatMap(DurationText::parse)
                .orElse(DEFAULT_WORKER_GRACE)
                .plus(AFTER_GRACE);
    }

    /**
     * Waits until all are ready.
     *
     * @return the API's address as it gives it
     */
    String awaitReady() throws InterruptedException {
        String url = "";
        for (JvmPart part : parts) {
            String answer = part.awaitReady();
            if (part.name().equals(JvmPart.API)) {
                url = answer;
                part.keepSetting("MILLRACE_API_PORT", url.substring(url.lastIndexOf(':') + 1));
            }
        }
        return url;
    }

    /** The API first, then the workers: the order in which they are to be stopped. */
    List<Part> parts() {
        return List.copyOf(parts);
    }
}
