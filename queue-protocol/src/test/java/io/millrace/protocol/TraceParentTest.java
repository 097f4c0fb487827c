package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples and rules of W3C Trace Context, section 3.2. */
class TraceParentTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String VALID = "00-" + TRACE + "-" + PARENT + "-01";

    @Test
    void a_valid_one_is_kept_as_it_is() {
        TraceParent read = TraceParent.parse(VALID).orElseThrow();
        assertThat(read).hasToString(VALID);
        assertThat(read.traceId()).isEqualTo(TRACE);
        assertThat(read.parentId()).isEqualTo(PARENT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                VALID + " ",
                "00-" + TRACE + "-" + PARENT,
                "00-" + TRACE + "-" + PARENT + "-1",
                "00-" + TRACE + "-" + PARENT + "-01-more",
                "00-" + TRACE + "-" + PARENT + "-0G",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + PARENT + "-01",
                "00-00000000000000000000000000000000-" + PARENT + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "ff-" + TRACE + "-" + PARENT + "-01",
                "01-" + TRACE + "-" + PARENT + "-01.more"
            })
    void what_the_standard_has_ignored_is_ignored(String text) {
        assertThat(TraceParent.parse(text)).isEmpty();
    }

    @Test
    void a_later_version_is_read_as_far_as_this_one_goes() {
        assertThat(TraceParent.parse("01-" + TRACE + "-" + PARENT + "-03-what-follows"))
                .contains(new TraceParent(VALID));
        assertThat(TraceParent.parse("cc-" + TRACE + "-" + PARENT + "-02"))
                .contains(new TraceParent("00-" + TRACE + "-" + PARENT + "-00"));
    }

    @Test
    void the_type_holds_nothing_else() {
        assertThatIllegalArgumentException().isThrownBy(() -> new TraceParent("01-" + TRACE + "-" + PARENT + "-01"));
        assertThatIllegalArgumentException().isThrownBy(() -> new TraceParent("nonsense"));
    }
}
