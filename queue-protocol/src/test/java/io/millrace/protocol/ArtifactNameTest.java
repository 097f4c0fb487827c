package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"report.pdf", "a", "A-1_b.c.d", "_x", "-x", "console.txt", "com10.txt", "a..b"})
    void a_plain_name_is_accepted(String name) {
        assertThat(ArtifactName.parse(name)).map(ArtifactName::value).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".hidden",
                "a/b",
                "a\\b",
                "../a",
                "%2F",
                "a%00",
                "a\0b",
                "a b",
                "é",
                "a\n",
                "C:a",
                "a:b",
                "a.",
                "con",
                "NUL.txt",
                "com1",
                "LPT9.tar.gz",
                "aux",
                "a*",
                "a?",
                "\u202Egpj.exe"
            })
    void a_name_that_could_mean_another_file_is_refused(String name) {
        assertThat(ArtifactName.parse(name)).isEmpty();
    }

    @Test
    void the_refusal_shows_the_name_without_its_control_characters() {
        assertThatThrownBy(() -> new ArtifactName("a\nb")).hasMessageStartingWith("artifact name 'a?b' is not ");
    }

    @Test
    void a_name_has_at_most_a_hundred_characters() {
        assertThat(ArtifactName.parse("x".repeat(100))).isPresent();
        assertThat(ArtifactName.parse("x".repeat(101))).isEmpty();
    }
}
