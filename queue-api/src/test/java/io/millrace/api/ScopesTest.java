package io.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.contract.Contract;
import io.millrace.core.access.Scope;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Every route of the contract with every kind of key. */
class ScopesTest extends ServiceCase {

    static final List<Contract.Operation> OPERATIONS = Contract.operations();

    /** Routes for people, which are no part of the contract. */
    private static final Set<String> PAGES =
            Set.of("GET /", "GET /openapi.yaml", "GET /docs", "GET /docs/start.js", "GET /docs/renderer.js");

    @Test
    void the_service_has_the_routes_of_its_contract_and_no_others() {
        Set<String> served = stack.api.server.routes().routes().stream()
                .map(route -> route.method().name() + " " + route.path() + " "
                        + scopeOf(route.scope().map(Scope::name).orElse("")))
                .filter(route -> !PAGES.contains(route.trim()))
                .collect(Collectors.toSet());
        Set<String> promised = OPERATIONS.stream()
                .map(operation -> operation + " " + operation.scope().orElse(""))
                .collect(Collectors.toSet());
        assertThat(served).isEqualTo(promised);
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void a_route_has_the_query_parameters_of_its_contract(Contract.Operation operation) {
        Set<String> served = stack.api.server.routes().routes().stream()
                .filter(route -> (route.method().name() + " " + route.path()).equals(operation.toString()))
                .flatMap(route -> route.parameters().stream())
                .collect(Collectors.toSet());
        assertThat(served).isEqualTo(operation.queryParameters());
    }

    @ParameterizedTest
    @FieldSource("OPERATIONS")
    void a_route_opens_to_its_scope_and_to_admin_only(Contract.Operation operation) {
        if (operation.scope().isEmpty()) {
            assertThat(ask(operation, "").statusCode()).isNotIn(401, 403);
            return;
        }
        for (String key : List.of("", "unknown", "stranger")) {
            var answer = ask(operation, key);
            RefusalsTest.assertProblem(answer, 401, "unauthenticated");
            assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
        }
        for (String key : List.of("produce", "read", "operate", "admin")) {
            var answer = ask(operation, key);
            if (key.equals(operation.scope().get()) || key.equals("admin")) {
                assertThat(answer.statusCode()).isNotIn(401, 403);
            } else {
                RefusalsTest.assertProblem(answer, 403, "forbidden");
            }
        }
    }

    /** A stream does not end, so only its head is asked for. */
    private HttpResponse<String> ask(Contract.Operation operation, String key) {
        String method = operation.streams() ? "HEAD" : operation.method().toUpperCase(Locale.ROOT);
        String path = operation.path().replaceAll("\\{[^}]*}", "x");
        return stack.api.send(stack.api.request(path, key).method(method, BodyPublishers.noBody()));
    }

    private String scopeOf(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
