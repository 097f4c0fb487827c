package io.millrace.cli.up;

import io.millrace.cli.demo.Demo;
import io.millrace.cli.demo.DemoException;
import io.millrace.cli.up.RunRecord.PartRecord;
import io.millrace.embedded.EmbeddedServerException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/**
 * {@code millrace up}: starts the platform, says where everything is, runs until told to stop, and stops it. The thread
 * that calls {@link #run} does all of it; the first signal interrupts it, the second takes the patience away.
 */
public final class Up {

    private final UpConfig config;
    private final Console console;
    private final Haste haste = new Haste();

    /** Speaks on stdout and stderr. */
    public Up(UpConfig config) {
        this(config, new Console(System.out, System.err, System::nanoTime));
    }

    Up(UpConfig config, Console console) {
        this.config = config;
        this.console = console;
    }

    /** Runs until the end; returns the exit code: 0 also for a stop by a signal, 1 failed, 2 cannot work as called. */
    public int run() {
        var stopping = new StopRequest(Thread.currentThread());
        StopSignal.install(count -> {
            if (count == 1) {
                console.progress("stopping in order; once more stops at once");
                stopping.request();
            } else {
                haste.turnOn();
            }
        });
        try {
            DataHome home = DataHome.open(config.data());
            FolderClaim claim = FolderClaim.take(home);
            try {
                return run(home, stopping);
            } finally {
                claim.close();
            }
        } catch (UpException e) {
            console.trouble(String.valueOf(e.getMessage()));
            return e.exitCode();
        }
    }

    private int run(DataHome home, StopRequest stopping) {
        refuseTakenPort();
        boolean fresh = !config.gives("MILLRACE_API_KEY") && home.makeApiKey();
        try (Platform platform = new Platform(config, home, console, haste)) {
            try {
                platform.start();
                welcome(platform.current(), home, fresh);
                return carryOn(platform.current(), home);
            } catch (InterruptedException e) {
                return 0;
            } catch (UpException | EmbeddedServerException | DemoException e) {
                if (stopping.isRequested()) {
                    return 0;
                }
                console.trouble(String.valueOf(e.getMessage()));
                return e instanceof UpException failure ? failure.exitCode() : 1;
            } finally {
                stopping.disarm();
            }
        } finally {
            console.progress("stopped");
        }
    }

    private int carryOn(RunRecord run, DataHome home) throws InterruptedException {
        if (config.demo() != UpConfig.Demo.NONE) {
            Optional<Path> mail = config.gives("MILLRACE_SMTP_URL") ? Optional.empty() : Optional.of(home.mail());
            var folders = new Demo.Folders(mail, home.demo());
            new Demo(run.url(), apiKey(home), folders, started(), console::say).run();
        }
        if (config.demo() != UpConfig.Demo.AND_EXIT) {
            console.say("Stop with Ctrl-C, or: kill " + run.pid());
            new CountDownLatch(1).await();
        }
        return 0;
    }

    private String apiKey(DataHome home) {
        return config.setting("MILLRACE_API_KEY").orElseGet(() -> {
            Path file = config.setting("MILLRACE_API_KEY_FILE").map(Path::of).orElse(home.apiKeyFile());
            return DataHome.read(file);
        });
    }

    /** When the person pressed Enter: the launcher, which may have had to build first, hands that on. */
    private Instant started() {
        return config.setting("MILLRACE_STARTED_AT")
                .filter(text -> text.matches("[0-9]{13}"))
                .map(text -> Instant.ofEpochMilli(Long.parseLong(text)))
                .or(() -> ProcessHandle.current().info().startInstant())
                .orElseGet(Instant::now);
    }

    private void refuseTakenPort() {
        if (config.port() == 0) {
            return;
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(config.apiHost(), config.port()));
        } catch (IOException e) {
            throw UpException.misused("the API cannot have port " + config.port() + " on " + config.apiHost() + ": "
                    + e.getMessage() + ". Stop what listens there, or name another port with --port N (0: any free"
                    + " one).");
        }
    }

    private void welcome(RunRecord run, DataHome home, boolean fresh) {
        console.say("");
        console.say("Millrace runs.");
        console.say("  API        " + run.url());
        console.say("  Dashboard  " + run.dashboard());
        if (fresh) {
            console.say("  API key    " + DataHome.read(home.apiKeyFile()));
            console.say("             (shown this once; kept in " + home.apiKeyFile() + ")");
        } else if (!config.gives("MILLRACE_API_KEY")) {
            console.say("  API key    in " + home.apiKeyFile());
        }
        console.say("  Data       " + home.root());
        if (!config.gives("MILLRACE_SMTP_URL")) {
            console.say("  Mails      " + home.mail() + " (nothing is sent out)");
        }
        console.say("  Logs       " + home.logs());
        console.say("  Processes  up " + run.pid() + ", "
                + run.parts().stream().map(Up::described).collect(Collectors.joining(", ")));
        console.say("");
    }

    private static String described(PartRecord part) {
        return part.name() + " " + part.pid() + (part.port() == 0 ? "" : " (port " + part.port() + ")");
    }
}
