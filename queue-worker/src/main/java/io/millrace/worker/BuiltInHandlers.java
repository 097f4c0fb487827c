package io.millrace.worker;

import io.millrace.core.config.Settings;
import io.millrace.protocol.JobType;
import io.millrace.protocol.payload.CheckedPayload;
import io.millrace.protocol.payload.DiagnosticAppend;
import io.millrace.protocol.payload.DiagnosticFail;
import io.millrace.protocol.payload.DiagnosticSleep;
import io.millrace.protocol.payload.EmailPayload;
import io.millrace.protocol.payload.ImagePayload;
import io.millrace.protocol.payload.ReportPayload;
import io.millrace.worker.diagnostic.DiagnosticHandlers;
import io.millrace.worker.email.EmailConfig;
import io.millrace.worker.email.EmailHandler;
import io.millrace.worker.email.SmtpServer;
import io.millrace.worker.fetch.FetchConfig;
import io.millrace.worker.fetch.GuardedFetch;
import io.millrace.worker.handler.JobHandler;
import io.millrace.worker.handler.PayloadCheck;
import io.millrace.worker.image.ImageConfig;
import io.millrace.worker.image.ImageHandler;
import io.millrace.worker.report.QueryFile;
import io.millrace.worker.report.ReportConfig;
import io.millrace.worker.report.ReportHandler;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The handlers that Millrace brings along.
 *
 * @param email how mails are sent; without it the worker takes no mails. Settings MILLRACE_SMTP_URL or
 *     MILLRACE_SMTP_URL_FILE, and MILLRACE_MAIL_FROM (default: millrace@localhost).
 * @param report what may be rendered. Setting MILLRACE_REPORT_QUERIES_FILE names the file of the queries that jobs may
 *     name. Default: none.
 * @param fetch where pictures may be fetched from; empty when they may not. Setting MILLRACE_IMAGE_FETCH. Default: true.
 */
record BuiltInHandlers(Optional<EmailConfig> email, ReportConfig report, Optional<FetchConfig> fetch) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    /** Reads the settings; problems are noted there. */
    static BuiltInHandlers from(Settings settings) {
        return new BuiltInHandlers(
                settings.secret("MILLRACE_SMTP_URL").flatMap(url -> email(settings, url)),
                settings.text("MILLRACE_REPORT_QUERIES_FILE")
                        .map(file -> report(settings, Path.of(file)))
                        .orElse(ReportConfig.DEFAULT),
                settings.flag("MILLRACE_IMAGE_FETCH", true) ? Optional.of(FetchConfig.DEFAULT) : Optional.empty());
    }

    private static ReportConfig report(Settings settings, Path file) {
        try {
            return ReportConfig.withQueries(QueryFile.read(file));
        } catch (IllegalArgumentException e) {
            settings.problem("MILLRACE_REPORT_QUERIES_FILE", ": " + e.getMessage());
            return ReportConfig.DEFAULT;
        }
    }

    private static Optional<EmailConfig> email(Settings settings, String url) {
        try {
            SmtpServer server = SmtpServer.parse(url);
            return Optional.of(EmailConfig.of(server, settings.text("MILLRACE_MAIL_FROM", "millrace@localhost")));
        } catch (IllegalArgumentException e) {
            settings.problem("MILLRACE_SMTP_URL", "and MILLRACE_MAIL_FROM: " + e.getMessage());
            return Optional.empty();
        }
    }

    void addTo(Worker.Builder worker) {
        email.ifPresent(config ->
                add(worker, JobType.EMAIL_SEND, EmailPayload.class, new EmailHandler(config, InstantSource.system())));
        add(worker, JobType.REPORT_RENDER, ReportPayload.class, new ReportHandler(report));
        add(
                worker,
                JobType.IMAGE_RESIZE,
                ImagePayload.class,
                new ImageHandler(fetch.map(GuardedFetch::new), ImageConfig.DEFAULT));
    }

    static void addDiagnostics(Worker.Builder worker, Path folder) {
        DiagnosticHandlers handlers = new DiagnosticHandlers(folder, InstantSource.system());
        worker.handle(new JobType("diagnostic.noop"), bytes -> bytes, handlers::noop);
        add(worker, new JobType("diagnostic.sleep"), DiagnosticSleep.class, handlers::sleep);
        add(worker, new JobType("diagnostic.fail"), DiagnosticFail.class, handlers::fail);
        add(worker, new JobType("diagnostic.append"), DiagnosticAppend.class, (payload, context) -> {
            PayloadCheck.require(payload);
            return handlers.append(payload, context);
        });
    }

    private static <P extends CheckedPayload> void add(
            Worker.Builder worker, JobType type, Class<P> payload, JobHandler<P> handler) {
        worker.handle(type, bytes -> JSON.readValue(bytes, payload), handler);
    }
}
