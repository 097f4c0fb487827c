package io.millrace.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.javalin.http.NotFoundResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Serves the page at {@code /dashboard} and its files below {@code /dashboard/assets/{version}/}. Only the files listed
 * here can be asked for; no path is ever resolved. The version is a digest of all files: under it they may be cached
 * for good, and since modules import each other by relative paths, all of them come from the same version. A page of
 * another version (two releases behind one proxy during an update) still gets this one's files, but may not keep them.
 *
 * <p>Every address in the page is relative, so that a proxy may serve it under a prefix. Instances are immutable and
 * safe to share between threads.
 */
public final class Dashboard {

    /** Where the page is. */
    public static final String PATH = "/dashboard";

    /** Scripts, styles and connections from this origin only; nothing inline; never inside a frame. */
    static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'";

    /** What may be asked for, below the folder of this package; held equal to the folder by a test. */
    static final List<String> FILES = List.of(
            "dashboard.css",
            "favicon.svg",
            "js/api.js",
            "js/app.js",
            "js/failures.js",
            "js/format.js",
            "js/header.js",
            "js/history.js",
            "js/job-dialog.js",
            "js/main.js",
            "js/parts.js",
            "js/queues.js",
            "js/signin.js",
            "js/snapshot.js",
            "js/sparkline.js",
            "js/sse.js",
            "js/totals.js",
            "js/workers.js",
            "vendor/LICENSE-htm.txt",
            "vendor/LICENSE-preact.txt",
            "vendor/VENDORED.md",
            "vendor/htm-preact.mjs");

    private final Map<String, Asset> assets = new TreeMap<>();
    private final String version;
    private final Asset page;

    /** Reads the files from the jar; they stay in memory, about 100 kB. */
    public Dashboard() {
        FILES.forEach(path -> assets.put(path, Asset.load(path)));
        version = digest(assets);
        Asset template = Asset.load("index.html");
        String html = new String(template.content(), UTF_8).replace("{{assets}}", "dashboard/assets/" + version);
        page = new Asset(html.getBytes(UTF_8), template.contentType());
    }

    /**
     * Adds the routes. They are public: whoever guards the API must let {@code /dashboard} and what is below it pass.
     *
     * @param config of the server that is being created
     */
    public void register(JavalinConfig config) {
        config.routes.get(PATH, this::servePage);
        config.routes.get(PATH + "/assets/{version}/<file>", this::serveAsset);
    }

    private void servePage(Context context) {
        secure(context);
        context.header("Cache-Control", "no-store");
        if (context.path().endsWith("/")) {
            // The page's relative addresses hold only without the slash.
            context.redirect("../dashboard", HttpStatus.PERMANENT_REDIRECT);
            return;
        }
        send(context, page);
    }

    private void serveAsset(Context context) {
        secure(context);
        Asset asset = assets.get(context.pathParam("file"));
        if (asset == null) {
            throw new NotFoundResponse("The dashboard has no such file");
        }
        boolean sameVersion = version.equals(context.pathParam("version"));
        context.header("Cache-Control", sameVersion ? "public, max-age=31536000, immutable" : "no-store");
        send(context, asset);
    }

    private static void send(Context context, Asset asset) {
        context.contentType(asset.contentType()).result(asset.content());
    }

    private static void secure(Context context) {
        context.header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("Cross-Origin-Resource-Policy", "same-origin");
    }

    private static String digest(Map<String, Asset> assets) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            assets.forEach((path, asset) -> {
                sha.update(path.getBytes(UTF_8));
                sha.update(asset.content());
            });
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
