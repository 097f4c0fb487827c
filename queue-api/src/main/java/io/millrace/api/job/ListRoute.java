package io.millrace.api.job;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.millrace.api.http.FilterText;
import io.millrace.api.http.JsonAnswer;
import io.millrace.api.http.QueryText;
import io.millrace.core.job.JobFilter;
import io.millrace.core.job.UniqueKey;
import io.millrace.core.operate.JobSearch;
import io.millrace.core.postgres.JobWalk.Position;
import io.millrace.protocol.JobState;
import java.io.IOException;
import java.util.Optional;

/** {@code GET /v1/jobs}: a page of the jobs that match, and a cursor to the next. */
final class ListRoute implements Handler {

    static final String[] PARAMETERS = FilterText.and("state", "unique_key", "limit", "cursor");

    private static final int USUAL_PAGE = 50;
    private static final int LARGEST_PAGE = 200;

    private final JobSearch search;

    ListRoute(JobSearch search) {
        this.search = search;
    }

    @Override
    public void handle(Context ctx) throws IOException {
        JobFilter filter = filter(ctx);
        Optional<Position> after = Cursor.read(ctx, filter);
        int limit = QueryText.wholeNumber(ctx, "limit", 1, LARGEST_PAGE).orElse(USUAL_PAGE);
        JobSearch.Page page = search.page(filter, after, limit);
        JsonAnswer.send(ctx, 200, out -> {
            out.writeStartObject();
            out.writeName("jobs");
            out.writeStartArray();
            page.jobs().forEach(job -> JobJson.listed(out, job));
            out.writeEndArray();
            page.next().ifPresent(next -> out.writeStringProperty("next_cursor", Cursor.text(filter, next)));
            out.writeEndObject();
        });
    }

    private static JobFilter filter(Context ctx) {
        Optional<JobState> state = QueryText.parsed(ctx, "state", JobState::parse, JobState.RULE);
        Optional<String> key =
                QueryText.parsed(ctx, "unique_key", text -> Optional.of(text).filter(UniqueKey::isKey), UniqueKey.RULE);
        if (key.isPresent() && state.filter(JobState::isFinal).isPresent()) {
            throw QueryText.wrong(
                    "state",
                    "must be scheduled, ready or running beside unique_key, or left out: an ended job holds its key no more;"
                            + " find ended jobs by a tag");
        }
        return FilterText.of(ctx).inState(state).withUniqueKey(key);
    }
}
