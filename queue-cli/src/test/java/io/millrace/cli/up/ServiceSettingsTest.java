package io.millrace.cli.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ServiceSettingsTest {

    @Test
    void a_setting_replaces_both_of_its_forms() {
        var settings = new ServiceSettings(
                Map.of("A", "given", "A_FILE", "/given", "B", "given", "B_FILE", "/given", "C", "given"));

        settings.set("A", "ours").setFile("B", Path.of("/ours"));

        assertThat(settings.environment())
                .containsOnly(Map.entry("A", "ours"), Map.entry("B_FILE", "/ours"), Map.entry("C", "given"));
    }

    @Test
    void a_copy_goes_its_own_way() {
        var settings = new ServiceSettings(Map.of("A", "1"));

        settings.copy().set("A", "2");

        assertThat(settings.environment()).containsEntry("A", "1");
    }
}
