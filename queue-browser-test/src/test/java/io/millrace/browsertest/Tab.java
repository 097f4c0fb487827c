package io.millrace.browsertest;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.util.ArrayList;
import java.util.List;

/** A tab that shares nothing with others, and everything that went wrong in it. To be used by one thread. */
final class Tab implements AutoCloseable {

    final Page page;
    final List<String> errors = new ArrayList<>();
    private final BrowserContext context;

    Tab(Chromium chromium) {
        context = chromium.browser().newContext();
        page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                errors.add(message.text());
            }
        });
        page.onPageError(errors::add);
        page.onDialog(dialog -> {
            errors.add("dialog: " + dialog.message());
            dialog.dismiss();
        });
    }

    @Override
    public void close() {
        context.close();
    }
}
