package io.millrace.api;

import io.javalin.Javalin;
import org.eclipse.jetty.server.Server;

/** The HTTP server inside the service, which nobody but a test has to do with. */
final class Inside {

    private Inside() {}

    static Server of(ApiServer api) throws ReflectiveOperationException {
        return ((Javalin) part(part(api, "server"), "javalin")).jettyServer().server();
    }

    private static Object part(Object whole, String name) throws ReflectiveOperationException {
        var field = whole.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(whole);
    }
}
