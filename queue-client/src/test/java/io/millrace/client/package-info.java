/** The SDK against a real HTTP server that answers by script, and the examples that the documentation shows. */
@NullMarked
package io.millrace.client;

import org.jspecify.annotations.NullMarked;
