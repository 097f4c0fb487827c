package io.millrace.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.javalin.Javalin;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DashboardRoutesTest {

    private static final Pattern ASSET = Pattern.compile("(?:href|src)=\"([^\"]+)\"");

    private final Javalin server = Javalin.create(config -> {
        config.jetty.host = "127.0.0.1";
        config.startup.showJavalinBanner = false;
        new Dashboard().register(config);
    });
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    void start() {
        server.start(0);
    }

    @AfterAll
    void stop() {
        http.close();
        server.stop();
    }

    @Test
    void the_page_comes_with_the_strict_policy_and_is_not_kept() throws Exception {
        HttpResponse<String> page = get("/dashboard");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualToIgnoringCase("text/html;charset=utf-8");
        assertThat(header(page, "Content-Security-Policy"))
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                        + " connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none';"
                        + " frame-ancestors 'none'");
        assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(page, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(header(page, "Cache-Control")).isEqualTo("no-store");
        assertThat(page.body()).contains("<title>Millrace</title>").doesNotContain("{{");
    }

    @Test
    void every_file_the_page_names_is_served_and_may_be_kept_for_good() throws Exception {
        String page = get("/dashboard").body();
        Matcher assets = ASSET.matcher(page);
        int found = 0;
        while (assets.find()) {
            HttpResponse<String> asset = get("/" + assets.group(1));
            assertThat(asset.statusCode()).as(assets.group(1)).isEqualTo(200);
            assertThat(header(asset, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
            assertThat(header(asset, "X-Content-Type-Options")).isEqualTo("nosniff");
            found++;
        }
        assertThat(found).isEqualTo(3);
    }

    @Test
    void content_types_are_those_a_browser_insists_on() throws Exception {
        assertThat(header(get("/dashboard/assets/x/js/main.js"), "Content-Type"))
                .isEqualToIgnoringCase("text/javascript; charset=utf-8");
        assertThat(header(get("/dashboard/assets/x/vendor/htm-preact.mjs"), "Content-Type"))
                .isEqualToIgnoringCase("text/javascript; charset=utf-8");
        assertThat(header(get("/dashboard/assets/x/dashboard.css"), "Content-Type"))
                .isEqualToIgnoringCase("text/css; charset=utf-8");
        assertThat(header(get("/dashboard/assets/x/favicon.svg"), "Content-Type"))
                .isEqualToIgnoringCase("image/svg+xml; charset=utf-8");
    }

    @Test
    void files_asked_for_under_another_version_are_not_kept() throws Exception {
        HttpResponse<String> asset = get("/dashboard/assets/0000000000000000/js/main.js");

        assertThat(asset.statusCode()).isEqualTo(200);
        assertThat(header(asset, "Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void a_slash_at_the_end_leads_to_the_page() throws Exception {
        HttpResponse<String> answer = get("/dashboard/");

        assertThat(answer.statusCode()).isEqualTo(308);
        assertThat(URI.create("http://host/dashboard/").resolve(header(answer, "Location")))
                .isEqualTo(URI.create("http://host/dashboard"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dashboard/assets/x/../index.html",
                "/dashboard/assets/x/../../../../../../etc/passwd",
                "/dashboard/assets/x/%2e%2e/%2e%2e/etc/passwd",
                "/dashboard/assets/x/..%2f..%2fetc%2fpasswd",
                "/dashboard/assets/x/%252e%252e%252fetc%252fpasswd",
                "/dashboard/assets/x/..\\..\\etc\\passwd",
                "/dashboard/assets/x//etc/passwd",
                "/dashboard/assets/x/js/..;/index.html",
                "/dashboard/assets/x/js/%00main.js",
                "/dashboard/assets/x/index.html",
                "/dashboard/assets/x/Dashboard.class",
                "/dashboard/assets/x/js/",
                "/dashboard/assets/x/js",
            })
    void paths_outside_the_list_are_refused(String path) throws Exception {
        // Sent by hand: an HTTP client would tidy such paths up.
        String answer = raw(path);

        assertThat(answer).matches(Pattern.compile("HTTP/1\\.1 (400|404) .*", Pattern.DOTALL));
        assertThat(answer).doesNotContain("root:", "<!doctype html>\n<html lang", "{{assets}}");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + server.port() + path);
        return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
    }

    private String raw(String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                PrintWriter out = new PrintWriter(socket.getOutputStream(), true, StandardCharsets.ISO_8859_1)) {
            out.print("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            out.flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
