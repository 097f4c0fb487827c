package io.millrace.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/job-lifecycle.md} equal to the code. */
final class JobLifecyclePageTest {

    private static final Path PAGE = Path.of("../docs/job-lifecycle.md");

    @Test
    void the_page_has_every_state_that_users_see() throws IOException {
        var shown = table("## States as users see them").stream()
                .map(cells -> cells.getFirst())
                .toList();

        assertThat(shown)
                .containsExactlyElementsOf(
                        Arrays.stream(JobState.values()).map(JobState::wireName).toList());
    }

    @Test
    void the_page_has_every_stored_state_with_its_code() throws IOException {
        Map<StoredState, Integer> shown = new EnumMap<>(StoredState.class);
        for (List<String> cells : table("## States as stored")) {
            shown.put(stored(cells.getFirst()), Integer.valueOf(cells.get(1)));
        }

        Map<StoredState, Integer> coded = new EnumMap<>(StoredState.class);
        for (StoredState state : StoredState.values()) {
            coded.put(state, (int) state.code());
        }
        assertThat(shown).isEqualTo(coded);
    }

    @Test
    void the_page_has_exactly_the_legal_changes() throws IOException {
        Map<StoredState, Set<StoredState>> shown = new EnumMap<>(StoredState.class);
        for (StoredState state : StoredState.values()) {
            shown.put(state, EnumSet.noneOf(StoredState.class));
        }
        for (List<String> cells : table("## Legal changes of the stored state")) {
            shown.getOrDefault(stored(cells.getFirst()), Set.of()).add(stored(cells.get(1)));
        }

        Map<StoredState, Set<StoredState>> legal =
                Arrays.stream(StoredState.values()).collect(Collectors.toMap(state -> state, StoredState::next));
        assertThat(shown).isEqualTo(legal);
    }

    private static StoredState stored(String word) {
        return StoredState.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** The cells, without backticks, of the rows of the first table behind a heading. */
    private static List<List<String>> table(String heading) throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.equals(heading))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .toList();
        assertThat(rows).as("rows of the table of '%s'", heading).isNotEmpty();
        return rows.stream()
                .map(row -> Arrays.stream(row.split("\\|", -1))
                        .skip(1)
                        .map(cell -> cell.replace("`", "").strip())
                        .toList())
                .toList();
    }
}
