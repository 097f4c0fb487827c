package io.millrace.cli.operate;

import io.millrace.client.CreatedKey;
import io.millrace.client.KeyRequest;
import io.millrace.client.Millrace;
import io.millrace.protocol.DurationText;
import io.millrace.protocol.KeyView;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace keys}: makes, lists and revokes API keys. */
@Command(
        name = "keys",
        description = "Make, list and revoke API keys; without a command: list them.",
        footer = {
            "",
            "Asks the service at MILLRACE_URL with the key MILLRACE_API_KEY, which must have the scope admin. The first"
                    + " key of an installation is a setting of the API: MILLRACE_API_KEY."
        })
public final class KeysCommand implements Callable<Integer> {

    private final Map<String, String> environment;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /** Asks the service that the environment of this process names. */
    public KeysCommand() {
        this(System.getenv());
    }

    /** @param environment names the service and the key */
    KeysCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        return list();
    }

    @Command(
            name = "create",
            sortOptions = false,
            description = {
                "Make a key and print it, now and never again.",
                "The key alone goes to the standard output, what is known of it to the error output."
            })
    int create(
            @Option(
                            names = "--scope",
                            required = true,
                            split = ",",
                            paramLabel = "SCOPE",
                            description = "What it may do: produce, read, operate, work, admin. May be given again.")
                    List<String> scopes,
            @Option(
                            names = "--queue",
                            split = ",",
                            paramLabel = "PATTERN",
                            description = "A queue it knows of, or a beginning such as 'shop-*'. May be given again."
                                    + " Default: every queue")
                    @Nullable
                    List<String> queues,
            @Option(names = "--owner", paramLabel = "NAME", description = "Whose it is. Default: that of your key")
                    @Nullable
                    String owner,
            @Option(
                            names = "--expires-in",
                            paramLabel = "TIME",
                            description = "How long it is in force, such as 90d. Default: for ever")
                    @Nullable
                    String expiresIn) {
        CreatedKey made = ask(service -> service.keys().create(request(scopes, queues, owner, expiresIn)));
        PrintWriter err = line().getErr();
        err.println("key " + made.view().id() + " of " + made.view().owner() + ": keep it where secrets are kept");
        err.flush();
        line().getOut().println(made.key());
        line().getOut().flush();
        return 0;
    }

    @Command(name = "list", description = "List the newest 1,000 keys, revoked and expired ones too.")
    int list() {
        Table table = new Table("ID", "STATE", "OWNER", "SCOPES", "QUEUES", "CREATED", "EXPIRES");
        for (KeyView key : ask(service -> service.keys().list())) {
            table.row(
                    key.id(),
                    key.state(),
                    key.owner(),
                    String.join(",", key.scopes()),
                    String.join(",", key.queues()),
                    key.createdAt().toString(),
                    key.expiresAt() == null ? "never" : key.expiresAt().toString());
        }
        table.print(line().getOut());
        return 0;
    }

    @Command(
            name = "revoke",
            description = "Revoke a key: every node refuses it within 5 s. Twice is the same as once.")
    int revoke(
            @Parameters(paramLabel = "ID", description = "The key's id, as list shows it: the 12 digits behind 'mr_'.")
                    String id) {
        ask(service -> {
            service.keys().revoke(id);
            return id;
        });
        line().getOut().println("key " + id + " is revoked");
        line().getOut().flush();
        return 0;
    }

    private static KeyRequest request(
            List<String> scopes, @Nullable List<String> queues, @Nullable String owner, @Nullable String expiresIn) {
        KeyRequest request = KeyRequest.scopes(scopes.getFirst(), rest(scopes));
        if (queues != null) {
            request = request.queues(queues.getFirst(), rest(queues));
        }
        if (owner != null) {
            request = request.owner(owner);
        }
        return expiresIn == null ? request : request.expiresIn(duration(expiresIn));
    }

    private static String[] rest(List<String> words) {
        return words.stream().skip(1).toArray(String[]::new);
    }

    private static Duration duration(String text) {
        return DurationText.parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("--expires-in is " + text + "; it must be " + DurationText.RULE));
    }

    private <T> T ask(Function<Millrace, T> call) {
        return Asking.service(environment, line(), call);
    }

    private CommandLine line() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
