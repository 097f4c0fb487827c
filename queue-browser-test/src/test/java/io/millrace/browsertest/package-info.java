/**
 * The dashboard in a real browser. Skipped, with a printed reason, where no chromium is installed; nothing is ever
 * downloaded.
 */
@NullMarked
package io.millrace.browsertest;

import org.jspecify.annotations.NullMarked;
