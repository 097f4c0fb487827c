package io.millrace.api.http;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers with JSON. The bytes go straight to the server's output: handing them over as a stream to be copied cost a
 * sixth of a submit's processor time.
 */
public final class JsonAnswer {

    private JsonAnswer() {}

    /**
     * Answers a request with one JSON value.
     *
     * @throws IOException when the caller has gone
     */
    public static void send(Context ctx, int status, JsonText.Body json) throws IOException {
        send(ctx, status, JsonText.bytes(json));
    }

    /**
     * Answers a request.
     *
     * @throws IOException when the caller has gone
     */
    public static void send(Context ctx, PromptRoute.Answer answer) throws IOException {
        answer.headers().forEach(header -> ctx.res().setHeader(header.name(), header.value()));
        send(ctx, answer.status(), answer.body());
    }

    private static void send(Context ctx, int status, byte[] body) throws IOException {
        HttpServletResponse answer = ctx.res();
        answer.setStatus(status);
        answer.setContentType(JsonText.MEDIA_TYPE);
        answer.setContentLength(body.length);
        answer.getOutputStream().write(body);
    }
}
