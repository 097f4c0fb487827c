package io.millrace.api.contract;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.RouteTable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * {@code /openapi.yaml}, the contract of the service, and {@code /docs}, the same for people. Both are open to all: they
 * hold nothing that the published documentation does not. The page loads nothing from another host.
 */
public final class ContractRoutes {

    /** Where the contract is, below the class path's root. */
    public static final String RESOURCE = "/openapi/openapi.yaml";

    private static final String RENDERER = "/META-INF/resources/webjars/scalar/scalar.js";

    /** The renderer sets styles on its elements and draws icons from data; everything else is of this origin. */
    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self';"
            + " style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self';"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** Adds them to the table. */
    public void addTo(RouteTable table) {
        table.open("/openapi.yaml", new File(RESOURCE, "application/yaml"))
                .open("/docs", new File("/openapi/docs.html", "text/html; charset=utf-8"))
                .open("/docs/start.js", new File("/openapi/start.js", "text/javascript; charset=utf-8"))
                .open("/docs/renderer.js", new File(RENDERER, "text/javascript; charset=utf-8"));
    }

    private record File(String resource, String contentType) implements Handler {

        @Override
        public void handle(Context ctx) {
            ctx.header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                    .contentType(contentType)
                    .result(read());
        }

        private byte[] read() {
            try (InputStream in = ContractRoutes.class.getResourceAsStream(resource)) {
                if (in == null) {
                    throw new IllegalStateException("the class path has no " + resource);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
