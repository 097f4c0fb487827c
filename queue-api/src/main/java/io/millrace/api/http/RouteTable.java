package io.millrace.api.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.millrace.core.access.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The one list of routes and the scope that each needs. Every {@code GET} answers {@code HEAD} too, with the same work
 * and status; a probe by {@code HEAD} must not be told that all is well by default.
 */
public final class RouteTable {

    /**
     * One route.
     *
     * @param method its method
     * @param path its path, in the server's pattern form
     * @param scope what a key needs; empty for a route that is open to all
     * @param handler what it does
     * @param parameters the query parameters it has; a guarded route refuses any other
     */
    public record Route(
            HandlerType method, String path, Optional<Scope> scope, Handler handler, Set<String> parameters) {}

    private final List<Route> routes = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();
    private Optional<ShortWay.Target> prompt = Optional.empty();

    private record Rule(String path, Handler check) {

        boolean holdsFor(Route route) {
            return route.path.equals(path) || route.path.startsWith(path + "/");
        }
    }

    /**
     * Adds a check that every guarded route at a path or below it makes before anything else, whenever the route is added:
     * it ends the request where the caller must not know of what the path names.
     */
    public RouteTable under(String path, Handler check) {
        rules.add(new Rule(path, check));
        return this;
    }

    /** Adds a {@code GET} that needs a scope. */
    public RouteTable get(String path, Scope scope, Handler handler, String... parameters) {
        return guarded(HandlerType.GET, path, scope, handler, parameters);
    }

    /** Adds a {@code POST} that needs a scope. */
    public RouteTable post(String path, Scope scope, Handler handler, String... parameters) {
        return guarded(HandlerType.POST, path, scope, handler, parameters);
    }

    /** Adds a {@code PATCH} that needs a scope. */
    public RouteTable patch(String path, Scope scope, Handler handler) {
        return guarded(HandlerType.PATCH, path, scope, handler);
    }

    /** Adds a {@code DELETE} that needs a scope. */
    public RouteTable delete(String path, Scope scope, Handler handler) {
        return guarded(HandlerType.DELETE, path, scope, handler);
    }

    private RouteTable guarded(HandlerType method, String path, Scope scope, Handler handler, String... parameters) {
        routes.add(new Route(method, path, Optional.of(scope), handler, Set.of(parameters)));
        return this;
    }

    /** Adds a {@code GET} that anybody may call. */
    public RouteTable open(String path, Handler handler) {
        routes.add(new Route(HandlerType.GET, path, Optional.empty(), handler, Set.of()));
        return this;
    }

    /** Adds a {@code POST} that is served in two ways: its plain case promptly, anything else by the handler. */
    public RouteTable post(String path, Scope scope, PromptRoute plain, Handler handler) {
        prompt = Optional.of(new ShortWay.Target(path, scope, plain));
        return post(path, scope, handler);
    }

    Optional<ShortWay.Target> prompt() {
        return prompt;
    }

    /** All routes, in the order they were added. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    void register(RoutesConfig server, Gate gate) {
        for (Route route : routes) {
            Handler handler = route.scope()
                    .map(scope -> gate.guard(scope, checked(route)))
                    .orElse(route.handler());
            server.addHttpHandler(route.method(), route.path(), handler);
            if (route.method().equals(HandlerType.GET)) {
                server.addHttpHandler(HandlerType.HEAD, route.path(), handler);
            }
        }
    }

    private Handler checked(Route route) {
        List<Rule> checks = rules.stream().filter(rule -> rule.holdsFor(route)).toList();
        return ctx -> {
            for (Rule rule : checks) {
                rule.check.handle(ctx);
            }
            QueryText.allow(ctx, route.parameters());
            route.handler().handle(ctx);
        };
    }
}
