package io.millrace.browsertest;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract as people read it. */
class DocsPageTest {

    @Test
    void the_contract_is_shown_without_any_other_host(@TempDir Path folder) throws Exception {
        try (var chromium = Chromium.startOrSkip();
                var stack = new RealStack(folder);
                var tab = new Tab(chromium)) {
            var asked = new ConcurrentSkipListSet<String>();
            tab.page.onRequest(request -> asked.add(request.url()));
            tab.page.navigate(stack.url() + "/docs");
            assertThat(tab.page
                            .getByRole(
                                    AriaRole.HEADING,
                                    new Page.GetByRoleOptions()
                                            .setName("Submit a job")
                                            .setExact(true))
                            .first())
                    .isVisible();
            assertThat(asked)
                    .allSatisfy(url -> assertThat(url.startsWith("data:")
                                    || url.startsWith("blob:")
                                    || URI.create(url)
                                            .getAuthority()
                                            .equals(URI.create(stack.url()).getAuthority()))
                            .as(url)
                            .isTrue());
            assertThat(tab.errors).isEmpty();
        }
    }
}
