package io.millrace.api.http;

import io.millrace.protocol.ErrorCode;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what the HTTP server refuses before any route sees it: bad request lines, oversized headers, shutdown. */
final class ServerErrors extends ErrorHandler {

    /** Jetty would have some methods go without. */
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            String message,
            @Nullable Throwable cause,
            Callback callback) {
        ErrorCode code = ErrorAnswers.codeOf(status);
        String detail = status == 431
                ? "the request's headers are over the limit of " + HttpServer.MAX_HEADER_BYTES + " bytes"
                : "the server could not read or serve the request: " + message;
        byte[] body = JsonText.bytes(out -> ProblemJson.write(
                out,
                ApiProblem.of(code, detail),
                Occurrence.of(
                        request.getHttpURI().getPath(),
                        response.getHeaders().contains(RequestId.HEADER)
                                ? String.valueOf(response.getHeaders().get(RequestId.HEADER))
                                : "")));
        // What is refused for a reason that we have no word for, such as 417, is told by the word that comes nearest.
        response.setStatus(code.status());
        CommonHeaders.FIXED.forEach(header -> response.getHeaders().put(header.name(), header.value()));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, ProblemJson.MEDIA_TYPE);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
